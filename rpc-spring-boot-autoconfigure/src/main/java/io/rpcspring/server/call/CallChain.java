package io.rpcspring.server.call;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;

import io.rpcspring.server.call.ChainLink.Place;
import io.rpcspring.server.call.ChainLink.Served;
import io.rpcspring.server.error.CallFailures;

/**
 * Builds the way of every call, from the transport to its handler, in the order in which
 * calls pass. <pre>
 * transport     tracers: {@link ReadableTimeouts}, and what meters add; they see every call
 *    |
 * {@link LiveCalls}     knows the call; asks its pool to let it in
 *    |
 * {@link FirstLink}     starts it; each thing it sends leaves through its {@link LiveCall}, each
 *    |          event comes through {@link CallEvents}
 * OBSERVATION   only if something listens
 *    |
 *    |          the interceptors that a customizer adds to the server's builder
 *    |
 * {@link MessageCodecs} only if responses are compressed
 *    |
 * {@link FailureLink}   exceptions of everything below become statuses
 *    |
 * SECURITY      authenticates, authorizes; also the framework's own services
 *    |
 * VALIDATION    checks each message, where its type has rules
 *    |
 * the application's interceptors, in their order
 *    |
 * the handler
 * </pre> What is absent is no link: it costs nothing.
 */
public final class CallChain {

    private final LiveCalls calls;

    private final MessageCodecs codecs;

    private final CallFailures failures;

    private final List<ChainLink> links;

    /**
     * A chain for one server.
     * @param calls the calls of the server
     * @param codecs what messages are compressed with
     * @param failures maps exceptions
     * @param links the integrations, in their order at each place
     */
    public CallChain(LiveCalls calls, MessageCodecs codecs, CallFailures failures, List<ChainLink> links) {
        this.calls = calls;
        this.codecs = codecs;
        this.failures = failures;
        this.links = links;
    }

    /**
     * Tells the integrations what is served, before anything is.
     * @param services all services
     */
    public void serves(Collection<Served> services) {
        this.links.forEach((link) -> link.served().accept(services));
    }

    /**
     * Whether a call may block its thread before it is the application's.
     * @param method what is called
     * @return true if the thread must not be the transport's
     */
    public boolean mayBlock(MethodDescriptor<?, ?> method) {
        return this.links.stream().anyMatch((link) -> link.mayBlock() && link.methods().test(method));
    }

    /**
     * The upper part: what all services of the server share.
     * @param builder of the server; what is added to it last sees a call first
     * @param meshed whether an interceptor is still added when the server is built
     * @param customizers the application's
     */
    public void addTo(ServerBuilder<?> builder, boolean meshed, Consumer<ServerBuilder<?>> customizers) {
        builder.directExecutor().callExecutor(this.calls).addStreamTracerFactory(new ReadableTimeouts());
        this.codecs.addTo(builder);
        customizers.accept(builder);
        List<ServerInterceptor> observers = new ArrayList<>(at(Place.OBSERVATION).map(ChainLink::interceptor).toList());
        Collections.reverse(observers);
        FirstLink first = new FirstLink(this.calls, observers);
        if (meshed) {
            builder.setBinaryLog(new Outermost(first));
        }
        else {
            builder.intercept(first);
        }
    }

    /**
     * The lower part: one of the application's services.
     * @param handlers the service's own
     * @param mapsItself whether its handlers let no exception out
     * @param interceptors the application's, outermost first
     * @return the service with all that stands before its handlers
     */
    public ServerServiceDefinition service(ServerServiceDefinition handlers, boolean mapsItself,
            List<ServerInterceptor> interceptors) {
        return intercept(handlers, interceptors.isEmpty(), (method) -> {
            List<ServerInterceptor> all = lower(method, interceptors);
            if (!mapsItself || !all.isEmpty()) {
                all.add(0, new FailureLink(this.failures));
            }
            return all;
        });
    }

    private List<ServerInterceptor> lower(MethodDescriptor<?, ?> method, List<ServerInterceptor> interceptors) {
        List<ServerInterceptor> all = new ArrayList<>(at(Place.SECURITY, method));
        all.addAll(at(Place.VALIDATION, method));
        all.addAll(interceptors);
        return all;
    }

    /**
     * What a call of one of the application's methods passes, beside what all calls pass
     * and what a customizer adds.
     * @param method the method
     * @param interceptors the application's, outermost first
     * @return outermost first
     */
    public List<ServerInterceptor> passed(MethodDescriptor<?, ?> method, List<ServerInterceptor> interceptors) {
        return Stream.concat(at(Place.OBSERVATION).map(ChainLink::interceptor), lower(method, interceptors).stream())
            .toList();
    }

    /**
     * The lower part: one of the framework's own services.
     * @param handlers the service's own
     * @return the service with all that stands before its handlers
     */
    public ServerServiceDefinition ownService(ServerServiceDefinition handlers) {
        return intercept(handlers, true, (method) -> at(Place.SECURITY, method));
    }

    private ServerServiceDefinition intercept(ServerServiceDefinition handlers, boolean quiet,
            Function<MethodDescriptor<?, ?>, List<ServerInterceptor>> interceptors) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(handlers.getServiceDescriptor());
        for (ServerMethodDefinition<?, ?> method : handlers.getMethods()) {
            ServerServiceDefinition alone = ServerServiceDefinition.builder(handlers.getServiceDescriptor().getName())
                .addMethod(method)
                .build();
            for (ServerMethodDefinition<?, ?> passed : ServerInterceptors
                .interceptForward(alone, interceptors.apply(method.getMethodDescriptor()))
                .getMethods()) {
                ServerMethodDefinition<?, ?> added = quiet ? LinkedHandler.quiet(passed, method) : passed;
                service.addMethod(added);
            }
        }
        return new ReadableRequests(this.calls::isUnheard).of(service.build());
    }

    private List<ServerInterceptor> at(Place place, MethodDescriptor<?, ?> method) {
        return at(place).filter((link) -> link.methods().test(method)).map(ChainLink::interceptor).toList();
    }

    private Stream<ChainLink> at(Place place) {
        return this.links.stream().filter((link) -> link.place() == place);
    }

}
