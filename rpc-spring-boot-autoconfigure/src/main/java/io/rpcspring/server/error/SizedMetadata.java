package io.rpcspring.server.error;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.grpc.Metadata;

/**
 * Headers or trailers with the size of each, from which the largest can be left out.
 * <p>
 * The values of a name stay or go together: half of a list would be another list.
 */
final class SizedMetadata {

    /** gRPC keeps these names for itself. */
    private static final String RESERVED = "grpc-";

    private static final int NAMED = 10;

    private final Metadata metadata;

    private final NamedSizes reserved = new NamedSizes();

    private final NamedSizes application = new NamedSizes();

    /** What was left out or cut, in this order. */
    private final List<String> gone = new ArrayList<>();

    private long details;

    SizedMetadata(Metadata metadata, byte[][] serialized) {
        this.metadata = metadata;
        for (int i = 0; i < serialized.length; i += 2) {
            add(HeaderSize.name(serialized[i]), HeaderSize.of(serialized[i], serialized[i + 1]));
        }
    }

    private void add(String name, long size) {
        if (name.equals(StatusDetails.KEY.name())) {
            this.details += size;
        }
        else {
            (name.startsWith(RESERVED) ? this.reserved : this.application).add(name, size);
        }
    }

    static long size(byte[][] serialized) {
        long size = 0;
        for (int i = 0; i < serialized.length; i += 2) {
            size += HeaderSize.of(serialized[i], serialized[i + 1]);
        }
        return size;
    }

    long size() {
        return this.details + this.reserved.sum() + this.application.sum();
    }

    /** Adds to what was left out. */
    void note(String what) {
        this.gone.add(what);
    }

    /** What was left out, in this order, for the log. */
    String gone() {
        int more = this.gone.size() - NAMED;
        return String.join(", ", this.gone.subList(0, Math.min(this.gone.size(), NAMED)))
                + ((more > 0) ? " and " + more + " more" : "");
    }

    /** Makes gRPC's own fit, which they always do unless somebody else uses its names. */
    long fitReserved(long room) {
        this.reserved.shrinkTo(room, this::leaveOut);
        return this.reserved.sum();
    }

    /** Makes the application's and the details fit; details go first where that helps. */
    void fitOthers(long room) {
        this.application.shrinkTo(room, this::leaveOut);
        long left = room - this.application.sum();
        if (this.details > 0 && this.details > left) {
            cutDetails(left);
        }
    }

    private boolean leaveOut(String name) {
        try {
            this.metadata.removeAll(key(name));
            note(name);
            return true;
        }
        catch (IllegalArgumentException ex) {
            // It was passed on from elsewhere: gRPC has no keys for such a name.
            return false;
        }
    }

    private static Metadata.Key<?> key(String name) {
        return name.endsWith(Metadata.BINARY_HEADER_SUFFIX) ? Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)
                : Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private void cutDetails(long room) {
        byte[] status = Objects.requireNonNull(this.metadata.get(StatusDetails.KEY));
        byte[] cut = StatusDetails.cut(status, HeaderSize.binaryRoom(StatusDetails.KEY.name(), room));
        this.metadata.removeAll(StatusDetails.KEY);
        this.details = 0;
        if (cut == null) {
            note(StatusDetails.KEY.name());
            return;
        }
        this.metadata.put(StatusDetails.KEY, cut);
        this.details = HeaderSize.of(StatusDetails.KEY.name().getBytes(StandardCharsets.US_ASCII), cut);
        note(StatusDetails.KEY.name() + " in part");
    }

}
