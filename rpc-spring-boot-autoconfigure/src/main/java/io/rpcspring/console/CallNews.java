package io.rpcspring.console;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Tells a tab all that happens to one of its calls.
 * <p>
 * What comes from the server is told by one thread at a time.
 */
final class CallNews implements Sending.Told {

    private final CallStart start;

    private final Outbox tab;

    private final ServedCall served;

    /** Guarded by this. */
    private boolean begunTold;

    private int received;

    private long receivedBytes;

    CallNews(CallStart start, InnerChannel inner, Outbox tab) {
        this.start = start;
        this.tab = tab;
        this.served = new ServedCall(() -> inner.execute(this::begun));
    }

    ServedCall served() {
        return this.served;
    }

    void started() {
        this.tab.send(event("started").with("time", System.currentTimeMillis()));
    }

    @Override
    public void sent(long sequence, int bytes) {
        this.tab.send(timed("sent").with("seq", sequence).with("bytes", bytes));
    }

    @Override
    public void halfClosed() {
        this.tab.send(timed("halfClosed"));
    }

    /** Before all else that the server does, and once. */
    synchronized void begun() {
        if (!this.begunTold && this.served.hasBegun()) {
            this.begunTold = true;
            this.tab.send(timed("running").with("pool", this.start.method().pool())
                .with("thread", this.served.thread())
                .with("waited", this.served.waited()));
        }
    }

    void headers(Metadata headers) {
        begun();
        this.tab.send(timed("headers").with("metadata", ShownMetadata.of(headers)));
    }

    void response(DynamicMessage message) {
        begun();
        int bytes = message.getSerializedSize();
        this.received++;
        this.receivedBytes += bytes;
        this.tab.send(shown(message, bytes));
    }

    private Frame shown(DynamicMessage message, int bytes) {
        Frame frame = timed("message").with("seq", this.received).with("bytes", bytes);
        try {
            String json = this.start.isTooLarge(bytes) ? "" : this.start.write(message);
            boolean tooLarge = this.start.isTooLarge(bytes) || this.start.isTooLarge(json.length());
            return frame.with("json", tooLarge ? null : json).with("tooLarge", tooLarge).with("problem", null);
        }
        catch (InvalidProtocolBufferException ex) {
            return frame.with("json", null).with("tooLarge", false).with("problem", ex.getMessage());
        }
    }

    void ended(Status status, Metadata trailers, Sending sending) {
        this.tab.send(timed("end").with("status", this.start.end(status, trailers))
            .with("trailers", ShownMetadata.of(trailers))
            .with("server", server(sending)));
    }

    private Frame server(Sending sending) {
        return Frame.nameless()
            .with("pool", this.start.method().pool())
            .with("thread", this.served.thread())
            .with("waited", this.served.waited())
            .with("ran", this.served.ran())
            .with("received", sending.messages())
            .with("receivedBytes", sending.bytes())
            .with("sent", this.received)
            .with("sentBytes", this.receivedBytes);
    }

    private Frame timed(String type) {
        return event(type).with("at", this.served.age());
    }

    private Frame event(String type) {
        return Frame.of(type).with("call", this.start.number());
    }

}
