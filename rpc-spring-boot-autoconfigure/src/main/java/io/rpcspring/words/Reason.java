package io.rpcspring.words;

import org.springframework.core.NestedExceptionUtils;

/**
 * Says why something has failed, as part of a sentence.
 */
public final class Reason {

    private Reason() {
    }

    /**
     * The words of the innermost cause.
     * @param failure what has failed
     * @return without the stop at their end
     */
    public static String of(Throwable failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        String message = (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

}
