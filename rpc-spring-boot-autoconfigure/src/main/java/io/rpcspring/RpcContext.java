package io.rpcspring;

import java.net.SocketAddress;
import java.security.Principal;

import javax.net.ssl.SSLSession;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/**
 * What a handler can know of its running call beside the messages, and add to it.
 * <p>
 * Declare it as the last parameter of a handler method. Each call has one: whoever asks
 * on the call's way, such as its security and its advices, sees what the others have
 * added. It belongs to the thread that works on the call; only {@link #isCancelled} may
 * be asked by any thread.
 */
public final class RpcContext {

    private ServerCall<?, ?> call;

    private Metadata requestHeaders;

    private final Metadata responseHeaders = new Metadata();

    private final Metadata responseTrailers = new Metadata();

    private volatile Context context = Context.current();

    private @Nullable Principal principal;

    /**
     * Creates the context of a call: the server does, on the call's thread, and so may
     * the test of a handler.
     * @param call the call
     * @param requestHeaders what the client sent before its messages
     */
    public RpcContext(ServerCall<?, ?> call, Metadata requestHeaders) {
        this.call = call;
        this.requestHeaders = requestHeaders;
    }

    /**
     * The call has come further: the server says so, on the call's thread.
     * @param further the call as interceptors pass it on
     * @param headers the request's metadata as they do
     */
    public void passedOn(ServerCall<?, ?> further, Metadata headers) {
        this.call = further;
        this.requestHeaders = headers;
        this.context = Context.current();
    }

    /**
     * The full name of the method, such as {@code places.v1.Places/Find}.
     * @return service and method, separated by a slash
     */
    public String method() {
        return this.call.getMethodDescriptor().getFullMethodName();
    }

    /**
     * What the client sent before its messages.
     * @return the request's metadata
     */
    public Metadata requestHeaders() {
        return this.requestHeaders;
    }

    /**
     * What the client gets before the first message. Fill it before that is sent; later
     * additions have no effect.
     * @return the metadata to add to
     */
    public Metadata responseHeaders() {
        return this.responseHeaders;
    }

    /**
     * What the client gets with the status, also when the handler throws.
     * @return the metadata to add to
     */
    public Metadata responseTrailers() {
        return this.responseTrailers;
    }

    /**
     * When the client stops waiting.
     * @return {@code null} if it set no deadline
     */
    public @Nullable Deadline deadline() {
        return this.context.getDeadline();
    }

    /**
     * Where the client's end of the connection is: a proxy, if there is one between.
     * @return {@code null} if the transport does not know
     */
    public @Nullable SocketAddress peer() {
        return this.call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }

    /**
     * How the connection is encrypted, and the certificate that the client has shown.
     * @return {@code null} if the connection is plain text
     */
    public @Nullable SSLSession tlsSession() {
        return this.call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    }

    /**
     * Who calls, as far as it was found out.
     * @return {@code null} if nobody did, or the caller has shown no credentials
     */
    public @Nullable Principal principal() {
        return this.principal;
    }

    /**
     * Says who calls: whoever authenticates does, before the handler runs, and so may the
     * test of a handler.
     * @param caller {@code null} for nobody in particular
     */
    public void principal(@Nullable Principal caller) {
        this.principal = caller;
    }

    /**
     * Whether nobody waits for the answer any more: the client cancelled, its deadline
     * passed, or its connection is lost.
     * @return {@code true} from then on
     */
    public boolean isCancelled() {
        return this.context.isCancelled();
    }

}
