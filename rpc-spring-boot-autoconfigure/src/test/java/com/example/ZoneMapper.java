package com.example;

import java.time.DateTimeException;

import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.rpcspring.server.ExceptionMapper;

/** Tells clients that a time zone does not exist. */
@Component
class ZoneMapper implements ExceptionMapper {

    @Override
    public @Nullable StatusException map(Throwable thrown) {
        return (thrown instanceof DateTimeException)
                ? Status.INVALID_ARGUMENT.withDescription("No such time zone").asException() : null;
    }

}
