package io.rpcspring.console;

import com.example.bookings.BookingsGrpc;

import io.rpcspring.RpcService;

/**
 * Serves types with rules, and nothing else.
 */
@RpcService
public class TriedBookings extends BookingsGrpc.BookingsImplBase {

}
