package io.rpcspring.benchmark;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import com.google.protobuf.ByteString;

import io.rpcspring.RpcService;
import io.rpcspring.benchmark.proto.Booking;
import io.rpcspring.benchmark.proto.CheckedGrpc;
import io.rpcspring.benchmark.proto.Payload;

/**
 * The service as a plain object, and one whose requests have rules.
 */
@Configuration(proxyBeanMethods = false)
@Import({ StarterBench.class, CheckedBench.Bookings.class })
class CheckedBench {

    /** Takes whatever passes. */
    @RpcService(CheckedGrpc.class)
    static class Bookings {

        private static final Payload BOOKED = Payload.newBuilder().setBody(ByteString.copyFrom(new byte[100])).build();

        Payload book(Booking booking) {
            return BOOKED;
        }

    }

}
