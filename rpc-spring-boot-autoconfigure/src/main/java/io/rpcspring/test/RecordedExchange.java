package io.rpcspring.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what becomes known of a call. All of it is guarded by the log.
 */
final class RecordedExchange {

    private static final int MOST = 100;

    private final ExchangeLog log;

    private final String method;

    private final List<Message> requests = new ArrayList<>();

    private final List<Message> responses = new ArrayList<>();

    private Metadata headers;

    private @Nullable Duration deadline;

    private @Nullable Status status;

    private Metadata trailers = new Metadata();

    private int attempts;

    RecordedExchange(ExchangeLog log, String method, Metadata headers, @Nullable Duration deadline, int attempts) {
        this.log = log;
        this.method = method;
        this.headers = copy(headers);
        this.deadline = deadline;
        this.attempts = attempts;
    }

    private static Metadata copy(Metadata metadata) {
        Metadata copy = new Metadata();
        copy.merge(metadata);
        return copy;
    }

    /** One more attempt. The first says how long the call has. */
    void attempted(@Nullable Duration left) {
        this.log.update(() -> {
            if (this.attempts == 0 && left != null) {
                this.deadline = left;
            }
            this.attempts++;
        });
    }

    /** What an attempt sends, with all that was added on the way. */
    void sent(Metadata complete) {
        Metadata copied = copy(complete);
        this.log.update(() -> this.headers = copied);
    }

    void request(@Nullable Object message) {
        add(this.requests, message);
    }

    void response(@Nullable Object message) {
        add(this.responses, message);
    }

    private void add(List<Message> messages, @Nullable Object message) {
        if (message instanceof Message kept) {
            this.log.update(() -> {
                if (messages.size() < MOST) {
                    messages.add(kept);
                }
            });
        }
    }

    /** The end as somebody has chosen it. */
    void closed(Status end, Metadata with) {
        Metadata copied = copy(with);
        this.log.update(() -> {
            this.status = end;
            this.trailers = copied;
        });
    }

    /** The end as the transport has it, if nobody has chosen it. */
    void ended(Status end) {
        this.log.update(() -> {
            if (this.status == null) {
                this.status = end;
            }
        });
    }

    RpcExchange snapshot() {
        return new RpcExchange(this.method, copy(this.headers), this.deadline, this.requests, this.responses,
                this.status, copy(this.trailers), this.attempts);
    }

}
