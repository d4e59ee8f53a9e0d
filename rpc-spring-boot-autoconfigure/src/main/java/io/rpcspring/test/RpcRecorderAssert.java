package io.rpcspring.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.assertj.core.api.AbstractAssert;

/**
 * Asserts which calls were made, and what they were like.
 * <p>
 * {@link #received} or {@link #sent} says which calls are meant. Each {@code with…} and
 * {@code endedWith} fails if none of them is so, and goes on with those that are.
 */
public final class RpcRecorderAssert extends AbstractAssert<RpcRecorderAssert, RpcRecorder> {

    private Supplier<List<RpcExchange>> side;

    private String calls = "call that the server received";

    private List<RpcExchange> found;

    private final List<String> conditions = new ArrayList<>();

    RpcRecorderAssert(RpcRecorder recorder) {
        super(recorder, RpcRecorderAssert.class);
        this.side = recorder::received;
        this.found = recorder.received();
    }

    /**
     * Talks of calls that the server received.
     * @param method their method
     * @return this
     */
    public RpcRecorderAssert received(MethodDescriptor<?, ?> method) {
        return about(this.actual::received, method, "the server received");
    }

    /**
     * Talks of calls that a channel sent.
     * @param channel the name of the channel
     * @param method their method
     * @return this
     */
    public RpcRecorderAssert sent(String channel, MethodDescriptor<?, ?> method) {
        return about(() -> this.actual.sent(channel), method, "channel '" + channel + "' sent");
    }

    private RpcRecorderAssert about(Supplier<List<RpcExchange>> all, MethodDescriptor<?, ?> method, String who) {
        String name = method.getFullMethodName();
        this.side = all;
        this.calls = "call of " + name + " that " + who;
        this.found = all.get().stream().filter((one) -> one.method().equals(name)).toList();
        this.conditions.clear();
        return this;
    }

    /**
     * There is one such call.
     * @return this
     */
    public RpcRecorderAssert once() {
        return times(1);
    }

    /**
     * There is no such call.
     * @return this
     */
    public RpcRecorderAssert never() {
        return times(0);
    }

    /**
     * There are so many such calls.
     * @param count how many
     * @return this
     */
    public RpcRecorderAssert times(int count) {
        if (this.found.size() != count) {
            fail(String.valueOf(count),
                    (this.found.isEmpty() ? "there is none among" : "there are " + this.found.size()),
                    this.found.isEmpty() ? this.side.get() : this.found);
        }
        return this;
    }

    /**
     * The client sent a header.
     * @param name of the header
     * @param value one of its values
     * @return this
     */
    public RpcRecorderAssert withHeader(String name, String value) {
        return with("header " + name + "=" + value, (one) -> has(one.headers(), name, value));
    }

    /**
     * The call ended with a trailer.
     * @param name of the trailer
     * @param value one of its values
     * @return this
     */
    public RpcRecorderAssert withTrailer(String name, String value) {
        return with("trailer " + name + "=" + value, (one) -> has(one.trailers(), name, value));
    }

    private static boolean has(Metadata metadata, String name, String value) {
        Iterable<String> values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        for (String one : (values != null) ? values : List.<String>of()) {
            if (one.equals(value)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The client sent just these requests.
     * @param requests in their order
     * @return this
     */
    public RpcRecorderAssert withRequests(Message... requests) {
        List<Message> all = List.of(requests);
        return with("requests " + ExchangeText.messages(all), (one) -> one.requests().equals(all));
    }

    /**
     * The server sent just these responses.
     * @param responses in their order
     * @return this
     */
    public RpcRecorderAssert withResponses(Message... responses) {
        List<Message> all = List.of(responses);
        return with("responses " + ExchangeText.messages(all), (one) -> one.responses().equals(all));
    }

    /**
     * The call had a deadline, and no more time than this.
     * @param most how long the deadline may be
     * @return this
     */
    public RpcRecorderAssert withDeadlineOfAtMost(Duration most) {
        return with("a deadline of at most " + most.toMillis() + "ms",
                (one) -> one.deadline() != null && one.deadline().compareTo(most) <= 0);
    }

    /**
     * The client sent the call so often; on the server, it was this attempt.
     * @param count 1 for a call that was not tried again
     * @return this
     */
    public RpcRecorderAssert withAttempts(int count) {
        return with("attempts " + count, (one) -> one.attempts() == count);
    }

    /**
     * The call ended.
     * @param code of its status
     * @return this
     */
    public RpcRecorderAssert endedWith(Status.Code code) {
        return with("end " + code, (one) -> one.status() != null && one.status().getCode() == code);
    }

    private RpcRecorderAssert with(String what, Predicate<RpcExchange> condition) {
        List<RpcExchange> before = this.found;
        this.found = before.stream().filter(condition).toList();
        this.conditions.add(what);
        if (this.found.isEmpty()) {
            fail("a", "there is none among", before.isEmpty() ? this.side.get() : before);
        }
        return this;
    }

    private void fail(String count, String but, List<RpcExchange> shown) {
        String with = this.conditions.isEmpty() ? "" : "\nwith " + String.join("\n and ", this.conditions);
        failWithMessage("%s",
                "Expected " + count + " " + this.calls + with + "\nbut " + but + ":\n" + ExchangeText.of(shown));
    }

}
