package io.rpcspring.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;

import io.rpcspring.RpcErrorReason;

/**
 * Refuses a call whose request headers are too large, before they are sent.
 * <p>
 * A server that gets more than it takes ends the call without words, and from a quarter
 * more on the whole connection, with everybody's calls. So this is the interceptor that
 * is closest to the transport: it sees what all others have added. What credentials add
 * comes later, and is {@linkplain LimitedCredentials counted there}.
 * <p>
 * The size is that of
 * <a href="https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2">HTTP/2's header
 * list</a>, with the headers that grpc-java writes itself, as servers count them, too. It
 * is at most a few bytes more than is sent, and never less. A call that has no metadata
 * and no credentials is not counted.
 * <p>
 * The status is {@code RESOURCE_EXHAUSTED}, gRPC's answer to whatever outgrows a limit of
 * size, as for messages. {@code INTERNAL}, which a server's refusal would become, says
 * that gRPC is broken, and hides whose fault it is. The listener is told by the thread
 * that starts the call. A policy that retries {@code RESOURCE_EXHAUSTED} tries only what
 * credentials made too large, in vain.
 *
 * @param channel how messages name the channel
 * @param property what sets the limit
 * @param most the limit in bytes
 * @param agentLength the length of what the channel says in front of grpc-java's own name
 */
record HeaderLimit(String channel, String property, int most, int agentLength) implements ClientInterceptor {

    /** What HTTP/2 counts for each header beside its name and its value. */
    private static final int ENTRY = 32;

    /**
     * The most that grpc-java adds, without path, authority and user agent:
     * {@code :method}, {@code :scheme}, {@code :path}, {@code :authority},
     * {@code content-type}, {@code te}, {@code user-agent}, {@code grpc-timeout},
     * {@code grpc-encoding}, {@code grpc-accept-encoding} and
     * {@code grpc-previous-rpc-attempts}.
     */
    private static final int TRANSPORT = 560;

    private static final byte[] BINARY = Metadata.BINARY_HEADER_SUFFIX.getBytes(StandardCharsets.US_ASCII);

    static HeaderLimit of(ChannelConfiguration configuration, String channel) {
        String agent = configuration.settings().userAgent();
        return new HeaderLimit(channel, configuration.property("max-outbound-metadata-size"),
                (int) configuration.settings().maxOutboundMetadataSize().toBytes(),
                (agent != null) ? agent.length() + 1 : 0);
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        CallCredentials credentials = options.getCredentials();
        if (credentials == null) {
            return new CheckedForwardingClientCall<>(next.newCall(method, options)) {

                @Override
                protected void checkedStart(Listener<R> listener, Metadata headers) throws StatusException {
                    if (InternalMetadata.headerCount(headers) > 0) {
                        require(delegate(), ownSize(method, options, next) + sizeOf(headers));
                    }
                    delegate().start(listener, headers);
                }

            };
        }
        LimitedCredentials limited = new LimitedCredentials(credentials, this);
        return new CheckedForwardingClientCall<>(next.newCall(method, options.withCallCredentials(limited))) {

            @Override
            protected void checkedStart(Listener<R> listener, Metadata headers) throws StatusException {
                long size = ownSize(method, options, next) + sizeOf(headers);
                require(delegate(), size);
                limited.addTo(size);
                delegate().start(listener, headers);
            }

        };
    }

    private void require(ClientCall<?, ?> unsent, long size) throws StatusException {
        if (isExceededBy(size)) {
            unsent.cancel("It has too large headers", null);
            throw refusal(size).asException();
        }
    }

    boolean isExceededBy(long size) {
        return size > this.most;
    }

    Status refusal(long size) {
        return OwnFailure.mark(
                Status.RESOURCE_EXHAUSTED.withDescription("Not sent: the request headers of the call have " + size
                        + " bytes, and " + this.channel + " may send " + this.most + " (" + this.property + ")"),
                RpcErrorReason.METADATA_TOO_LARGE);
    }

    private long ownSize(MethodDescriptor<?, ?> method, CallOptions options, Channel next) {
        String own = options.getAuthority();
        String authority = (own != null) ? own : next.authority();
        return (long) TRANSPORT + this.agentLength + method.getFullMethodName().length() + authority.length();
    }

    /** The size of headers as they are sent: binary ones in base64, without padding. */
    static long sizeOf(Metadata headers) {
        byte[][] namesAndValues = InternalMetadata.serialize(headers);
        if (namesAndValues == null) {
            return 0;
        }
        long size = 0;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            long value = namesAndValues[i + 1].length;
            size += ENTRY + namesAndValues[i].length + (isBinary(namesAndValues[i]) ? (4 * value + 2) / 3 : value);
        }
        return size;
    }

    private static boolean isBinary(byte[] name) {
        int start = name.length - BINARY.length;
        return start >= 0 && Arrays.equals(name, start, name.length, BINARY, 0, BINARY.length);
    }

}
