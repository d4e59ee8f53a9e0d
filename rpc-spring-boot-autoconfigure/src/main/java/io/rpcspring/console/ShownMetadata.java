package io.rpcspring.console;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import io.grpc.Metadata;

/**
 * Writes the metadata that a server sends, for people.
 */
final class ShownMetadata {

    /** Details of a status are shown as such. */
    private static final String DETAILS = "grpc-status-details-bin";

    private ShownMetadata() {
    }

    /** Everything but details of a status. */
    static List<Frame> of(Metadata metadata) {
        List<Frame> entries = new ArrayList<>();
        for (String name : metadata.keys()) {
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX) && !name.equals(DETAILS)) {
                Iterable<byte[]> values = metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
                if (values != null) {
                    values.forEach((value) -> entries.add(entry(name, Base64.getEncoder().encodeToString(value))));
                }
            }
            else if (!name.equals(DETAILS)) {
                Iterable<String> values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
                if (values != null) {
                    values.forEach((value) -> entries.add(entry(name, value)));
                }
            }
        }
        return entries;
    }

    private static Frame entry(String name, String value) {
        return Frame.nameless().with("name", name).with("value", value);
    }

}
