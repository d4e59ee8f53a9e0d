package io.rpcspring.test;

import java.time.Duration;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.springframework.util.ClassUtils;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcError;
import io.rpcspring.test.fault.FaultBook;
import io.rpcspring.test.fault.FaultMatch;
import io.rpcspring.test.fault.FaultShare;

/**
 * Makes calls fail on purpose, so that a test sees what deadlines, retries and hedging
 * do.
 * <p>
 * A rule says which calls; a fault says what happens to them, from then on until it is
 * closed, this is reset, or the test method ends. A fault on the server concerns each
 * call that comes in; a fault on a client concerns each <em>attempt</em> that a call
 * makes, below retry and hedging. Where several faults concern a call, they are asked in
 * the order in which they were armed: delays add up, and the first that ends the call is
 * the last that is asked. Safe for use by many threads at once.
 *
 * <pre class="code">
 * faults.onClient("weather").method(WeatherGrpc.getAtMethod()).times(2).fail(UNAVAILABLE, "gone");
 * </pre>
 */
public final class RpcFaults {

    private final FaultBook book;

    private final KnownChannels channels;

    RpcFaults(FaultBook book, KnownChannels channels) {
        this.book = book;
        this.channels = channels;
    }

    /**
     * Starts a rule about calls that this application's server gets. The framework's own
     * services, such as health, are left alone if the rule does not name them.
     * @return a rule about all of them
     */
    public Rule onServer() {
        return new FaultRule(this.book, FaultMatch.onServer(), FaultShare.ALL);
    }

    /**
     * Starts a rule about attempts that a channel's calls make.
     * @param channel the name of the channel
     * @return a rule about all of them
     * @throws io.rpcspring.RpcConfigurationException if there is no such channel, or no
     * in-process transport
     */
    public Rule onClient(String channel) {
        this.channels.require(channel);
        if (!ClassUtils.isPresent("io.grpc.inprocess.InProcessChannelBuilder", RpcFaults.class.getClassLoader())) {
            throw new RpcConfigurationException(
                    "The test has faults of clients, but the in-process transport is not on the class path.",
                    "Add the dependency io.grpc:grpc-inprocess.");
        }
        return new FaultRule(this.book, FaultMatch.onClient(channel), FaultShare.ALL);
    }

    /** Disarms all faults, ends the delays on the server, and sets the seed back. */
    public void reset() {
        this.book.reset();
    }

    /**
     * Chooses which calls a percentage hits: the same seed hits the same calls.
     * @param seed any number; 0 if it is not called
     */
    public void seed(long seed) {
        this.book.seed(seed);
    }

    /**
     * Says which calls a fault is for. Each method that narrows returns a new rule; each
     * that returns a {@link Fault} arms it.
     */
    public interface Rule {

        /**
         * Narrows the rule to one service.
         * @param fullName its name with its package
         * @return a new rule
         */
        Rule service(String fullName);

        /**
         * Narrows the rule to one method.
         * @param method as the generated class has it
         * @return a new rule
         */
        Rule method(MethodDescriptor<?, ?> method);

        /**
         * Narrows the rule by what the client sends before its messages.
         * @param headers asked once for each call, on the server, or attempt
         * @return a new rule
         */
        Rule when(Predicate<Metadata> headers);

        /**
         * Hits a part of the calls only, which {@link RpcFaults#seed} chooses.
         * @param percent from 0 to 100
         * @return a new rule
         */
        Rule percent(double percent);

        /**
         * Hits so many calls, and then no more.
         * @param n 1 or more
         * @return a new rule
         */
        Rule times(int n);

        /**
         * Lets so many calls pass before the first is hit.
         * @param n 0 or more
         * @return a new rule
         */
        Rule skip(int n);

        /**
         * Holds a call up before it goes on: on the server on the thread of its pool, as
         * a slow handler does; on a client before it is sent.
         * @param duration for how long
         * @return the armed fault
         */
        Fault delay(Duration duration);

        /**
         * Ends a call before its handler, or before it is sent.
         * @param code any but {@code OK}
         * @param text what the status says
         * @return the armed fault
         */
        Fault fail(Status.Code code, String text);

        /**
         * Ends a call before its handler, or before it is sent.
         * @param error the status with its details
         * @return the armed fault
         */
        Fault fail(RpcError error);

        /**
         * Ends a call with {@code UNAVAILABLE}, as a lost connection does, after so many
         * of its messages have come through: responses, or requests where only the client
         * streams. With 0 the server gets the call, and its answer is lost.
         * @param messages 0 or more
         * @return the armed fault
         */
        Fault dropAfter(int messages);

        /**
         * Lets a call's reader ask for one message after the other, slowly: on the server
         * the reader of requests, on a client that of responses.
         * @param perMessage the time from one message to the next
         * @return the armed fault
         */
        Fault slowReader(Duration perMessage);

        /**
         * Resets a call's stream, as a proxy does or a server that has broken down in the
         * middle of a call: the client gets {@code CANCELLED}.
         * @return the armed fault
         */
        Fault reset();

        /**
         * Refuses a call as a full pool does: {@code RESOURCE_EXHAUSTED} with the reason
         * {@code POOL_FULL}, and when to try again.
         * @return the armed fault
         */
        Fault poolFull();

        /**
         * Ends a call as if there were no server: {@code UNAVAILABLE}. On a client, calls
         * that wait for a connection wait on.
         * @return the armed fault
         */
        Fault unavailable();

    }

    /**
     * Happens to calls until it is closed. Closing twice is fine.
     */
    public interface Fault extends AutoCloseable {

        /**
         * How often it has happened.
         * @return calls of a server, attempts of a client
         */
        int hits();

        /** Hits no further calls. Those that were hit go on as they are. */
        @Override
        void close();

    }

}
