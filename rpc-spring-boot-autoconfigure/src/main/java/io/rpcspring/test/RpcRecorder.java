package io.rpcspring.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.assertj.core.api.AssertProvider;

/**
 * Keeps what the application's server gets and what its clients send, for assertions.
 * <p>
 * It keeps the newest 1,000 calls of the server and of each channel, with the first 100
 * messages of each direction, until the test method ends. Calls of the framework's own
 * services, such as health, are not kept for the server. Safe for use by many threads at
 * once.
 *
 * <pre class="code">
 * assertThat(recorder).received(PlacesGrpc.getFindMethod()).once().withRequests(oslo).endedWith(OK);
 * </pre>
 */
public final class RpcRecorder implements AssertProvider<RpcRecorderAssert> {

    /** A server tells the client of the end before it tells anybody else. */
    private static final Duration SHORT = Duration.ofMillis(200);

    private final ExchangeLog received = new ExchangeLog();

    private final Map<String, ExchangeLog> sent = new ConcurrentHashMap<>();

    private final KnownChannels channels;

    RpcRecorder(KnownChannels channels) {
        this.channels = channels;
    }

    /**
     * What the server has got. Waits a moment for calls that may be just ending.
     * @return the calls as they are now, the oldest first
     */
    public List<RpcExchange> received() {
        return this.received.await((exchanges) -> exchanges.stream().allMatch((one) -> one.status() != null), SHORT);
    }

    /**
     * What a channel's calls have sent.
     * @param channel the name of the channel
     * @return the calls as they are now, the oldest first, each with what it got
     * @throws io.rpcspring.RpcConfigurationException if there is no such channel
     */
    public List<RpcExchange> sent(String channel) {
        this.channels.require(channel);
        return log(channel).exchanges();
    }

    /**
     * Waits for a call that comes by itself, for example from another thread: for its end
     * if the method is unary, else for its first request.
     * @param method the method
     * @param atMost for how long
     * @return the first call of this method that is so far
     * @throws AssertionError if there is none in this time
     */
    public RpcExchange awaitReceived(MethodDescriptor<?, ?> method, Duration atMost) {
        String name = method.getFullMethodName();
        boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
        List<RpcExchange> found = this.received
            .await((exchanges) -> exchanges.stream().anyMatch((one) -> isSoFar(one, name, unary)), atMost);
        return found.stream()
            .filter((one) -> isSoFar(one, name, unary))
            .findFirst()
            .orElseThrow(() -> new AssertionError("Expected a call of " + name + " within " + atMost.toMillis()
                    + "ms, but the server received:\n" + ExchangeText.of(found)));
    }

    private static boolean isSoFar(RpcExchange exchange, String method, boolean unary) {
        return exchange.method().equals(method)
                && (exchange.status() != null || (!unary && !exchange.requests().isEmpty()));
    }

    /** Forgets all calls. Those that run are not taken down again. */
    public void clear() {
        this.received.clear();
        this.sent.values().forEach(ExchangeLog::clear);
    }

    /** Sees each call of the server. */
    ServerRecording onServer() {
        return new ServerRecording(this.received);
    }

    /** Sees each call of a channel. */
    ClientInterceptor onClient(String channel) {
        return new ClientRecording(log(channel));
    }

    private ExchangeLog log(String channel) {
        return this.sent.computeIfAbsent(channel, (name) -> new ExchangeLog());
    }

    /**
     * Starts assertions.
     * @return assertions about all calls; {@code assertThat(recorder)} asks for them
     */
    @Override
    public RpcRecorderAssert assertThat() {
        return new RpcRecorderAssert(this);
    }

}
