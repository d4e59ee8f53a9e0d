package io.rpcspring.server.call;

import java.util.List;
import java.util.Set;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import org.junit.jupiter.api.Test;

import io.rpcspring.fixture.PlacesFixture;
import io.rpcspring.sample.places.PlacesGrpc;
import io.rpcspring.server.call.ChainLink.Place;
import io.rpcspring.server.error.CallFailures;
import io.rpcspring.server.error.FailureSettings;
import io.rpcspring.server.error.OwnStatuses;
import io.rpcspring.server.error.ResponseMetadata;
import io.rpcspring.server.pool.HandlerPools;
import io.rpcspring.server.pool.PoolStatistics;
import io.rpcspring.server.pool.RunSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What has nothing to do with a method is not in its way.
 */
class CallChainTests {

    private static final ServerServiceDefinition HANDLERS = new PlacesFixture().bindService();

    private static CallChain chain(ChainLink... links) {
        CallFailures failures = new CallFailures(new OwnStatuses(true), new FailureSettings(false, false), List.of());
        HandlerPools pools = new HandlerPools(List.of(),
                new RunSettings(true, null, Runnable::run, PoolStatistics.PoolObserver.NONE));
        LiveCalls calls = new LiveCalls(Set.of(), pools, new CallRules(failures, new ResponseMetadata(6144), null));
        return new CallChain(calls, new MessageCodecs(List.of(), List.of(), null), failures, List.of(links));
    }

    private static ServerCallHandler<?, ?> handler(ServerServiceDefinition service, MethodDescriptor<?, ?> method) {
        return service.getMethod(method.getFullMethodName()).getServerCallHandler();
    }

    @Test
    void linkStandsOnlyBeforeMethodsThatItConcerns() {
        ChainLink link = new ChainLink(Place.VALIDATION, new Bystander(), PlacesGrpc.getFindMethod()::equals);
        ServerServiceDefinition service = chain(link).service(HANDLERS, true, List.of());
        assertThat(handler(service, PlacesGrpc.getFindMethod()))
            .isNotSameAs(handler(HANDLERS, PlacesGrpc.getFindMethod()));
        assertThat(handler(service, PlacesGrpc.getNotesMethod()))
            .isSameAs(handler(HANDLERS, PlacesGrpc.getNotesMethod()));
    }

    @Test
    void frameworksOwnServicesAreNotValidated() {
        ServerServiceDefinition service = chain(new ChainLink(Place.VALIDATION, new Bystander())).ownService(HANDLERS);
        assertThat(handler(service, PlacesGrpc.getFindMethod()))
            .isSameAs(handler(HANDLERS, PlacesGrpc.getFindMethod()));
    }

    /** Does nothing. */
    private static final class Bystander implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
                ServerCallHandler<Q, R> next) {
            return next.startCall(call, headers);
        }

    }

}
