package io.rpcspring.server.handler;

import java.util.Set;

import io.grpc.MethodDescriptor;

/**
 * Names Java methods after gRPC methods, as the generator does.
 */
public final class GeneratedNames {

    /** What the generator keeps clear of. */
    private static final Set<String> KEYWORDS = Set.of("""
            abstract assert boolean break byte case catch char class const continue default do double else enum
            extends final finally float for goto if implements import instanceof int interface long native new
            package private protected public return short static strictfp super switch synchronized this throw
            throws transient try void volatile while true false""".split("\\s+"));

    private GeneratedNames() {
    }

    /**
     * The Java name of a method: {@code TimeAt} and {@code time_at} are timeAt,
     * {@code Import} is import_, and {@code _Find} stays what it is.
     * @param rpc the gRPC method
     * @return the name of the method in generated classes
     */
    public static String of(MethodDescriptor<?, ?> rpc) {
        String written = String.valueOf(rpc.getBareMethodName());
        StringBuilder name = new StringBuilder();
        name.append(Character.toLowerCase(written.charAt(0)));
        boolean upper = false;
        for (char character : written.substring(1).toCharArray()) {
            if (character != '_') {
                name.append(upper ? Character.toUpperCase(character) : character);
            }
            upper = character == '_';
        }
        return KEYWORDS.contains(name.toString()) ? name.append('_').toString() : name.toString();
    }

}
