package io.rpcspring.console;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * A call that a person makes in a tab, which is told all that happens to it.
 * <p>
 * What comes from the server comes on one thread at a time, and waits there until the
 * browser has taken it.
 */
final class ConsoleCall extends ClientCall.Listener<DynamicMessage> implements Sending.Told {

    private final CallStart start;

    private final Outbox tab;

    private final ServedCall served;

    private final Runnable whenEnded;

    private final ClientCall<DynamicMessage, DynamicMessage> call;

    private final Sending sending;

    private final Credits credits;

    /** Guarded by this. */
    private boolean begunTold;

    private int received;

    private long receivedBytes;

    /**
     * A call that is not made yet.
     * @param start what the person wants
     * @param inner where the server is
     * @param tab told what happens
     * @param whenEnded told when nothing more can happen
     */
    ConsoleCall(CallStart start, InnerChannel inner, Outbox tab, Runnable whenEnded) {
        this.start = start;
        this.tab = tab;
        this.served = new ServedCall(() -> inner.execute(this::tellBegun));
        this.whenEnded = whenEnded;
        this.call = inner.newCall(start.method().method(), start.options(), this.served);
        this.sending = new Sending(this.call, this);
        this.credits = new Credits(this.call);
    }

    /** Makes the call. */
    void begin() throws WrongInput {
        this.tab.send(event("started").with("time", System.currentTimeMillis()));
        this.call.start(this, this.start.headers());
        this.credits.grant(this.start.credits());
        DynamicMessage first = this.start.first();
        if (first != null && this.start.method().sendsOne()) {
            this.sending.sendOnly(first);
        }
        else if (first != null) {
            this.sending.send(1, first);
        }
    }

    void send(long sequence, String json) throws WrongInput {
        this.sending.send(sequence, this.start.read(json));
    }

    void halfClose() {
        this.sending.halfClose();
    }

    void grant(long messages) {
        if (!this.start.method().receivesOne()) {
            this.credits.grant(messages);
        }
    }

    void pause() {
        if (!this.start.method().receivesOne()) {
            this.credits.takeBack();
        }
    }

    void cancel(String why) {
        this.call.cancel(why, null);
    }

    @Override
    public void sent(long sequence, int bytes) {
        this.tab.send(timed("sent").with("seq", sequence).with("bytes", bytes));
    }

    @Override
    public void halfClosed() {
        this.tab.send(timed("halfClosed"));
    }

    @Override
    public void onReady() {
        this.sending.sendReady();
    }

    @Override
    public void onHeaders(Metadata headers) {
        tellBegun();
        this.tab.send(timed("headers").with("metadata", CallMetadata.write(headers)));
    }

    @Override
    public void onMessage(DynamicMessage message) {
        tellBegun();
        int bytes = message.getSerializedSize();
        this.received++;
        this.receivedBytes += bytes;
        this.tab.send(shown(message, bytes));
        this.credits.used();
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

    @Override
    public void onClose(Status status, Metadata trailers) {
        tellBegun();
        this.sending.end();
        this.whenEnded.run();
        this.tab.send(timed("end").with("status", this.start.end(status, trailers))
            .with("trailers", CallMetadata.write(trailers))
            .with("server", server()));
    }

    private Frame server() {
        return Frame.nameless()
            .with("pool", this.start.method().pool())
            .with("thread", this.served.thread())
            .with("waited", this.served.waited())
            .with("ran", this.served.ran())
            .with("received", this.sending.messages())
            .with("receivedBytes", this.sending.bytes())
            .with("sent", this.received)
            .with("sentBytes", this.receivedBytes);
    }

    /** Before all else that the server does. */
    private synchronized void tellBegun() {
        if (!this.begunTold && this.served.hasBegun()) {
            this.begunTold = true;
            this.tab.send(timed("running").with("pool", this.start.method().pool())
                .with("thread", this.served.thread())
                .with("waited", this.served.waited()));
        }
    }

    private Frame timed(String type) {
        return event(type).with("at", this.served.age());
    }

    private Frame event(String type) {
        return Frame.of(type).with("call", this.start.number());
    }

}
