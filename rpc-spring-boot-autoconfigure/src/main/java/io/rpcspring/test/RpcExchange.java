package io.rpcspring.test;

import java.time.Duration;
import java.util.List;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Shows one call as it was when {@link RpcRecorder} was asked.
 *
 * @param method the full name of the method
 * @param headers what the client sent before its messages
 * @param deadline how long the call had at its beginning; null if it had no deadline
 * @param requests the first 100 requests, in their order
 * @param responses the first 100 responses, in their order
 * @param status how the call ended; null if it still runs
 * @param trailers what came with the status; on the server nothing for a call that was
 * refused before any interceptor, or past them
 * @param attempts how often the client sent the call; on the server which of them this is
 */
public record RpcExchange(String method, Metadata headers, @Nullable Duration deadline, List<Message> requests,
        List<Message> responses, @Nullable Status status, Metadata trailers, int attempts) {

    /** Copies the messages. */
    public RpcExchange {
        requests = List.copyOf(requests);
        responses = List.copyOf(responses);
    }

    /** Shows the call in a few lines, as failed assertions do. */
    @Override
    public String toString() {
        return ExchangeText.of(this);
    }

}
