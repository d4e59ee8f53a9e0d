package com.example;

import java.time.DateTimeException;

import com.google.rpc.ResourceInfo;
import io.grpc.Status;
import io.grpc.Status.Code;

import io.rpcspring.RpcAdvice;
import io.rpcspring.RpcContext;
import io.rpcspring.RpcError;
import io.rpcspring.RpcExceptionHandler;

/** Tells clients why a seat cannot be booked. */
@RpcAdvice
class BookingErrors {

    @RpcExceptionHandler
    RpcError soldOut(SoldOutException ex) {
        return RpcError.of(Code.FAILED_PRECONDITION, "Sold out",
                ResourceInfo.newBuilder().setResourceType("seat").setResourceName(ex.seat()).build());
    }

    @RpcExceptionHandler({ DateTimeException.class, NumberFormatException.class })
    Status unreadable(RpcContext call) {
        return Status.INVALID_ARGUMENT.withDescription("Not a value for " + call.method());
    }

}
