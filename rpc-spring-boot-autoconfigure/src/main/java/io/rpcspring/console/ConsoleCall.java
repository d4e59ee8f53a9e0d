package io.rpcspring.console;

import com.google.protobuf.DynamicMessage;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * A call that a person makes in a tab.
 * <p>
 * What comes from the server comes on one thread at a time, and waits there until the
 * browser has taken it.
 */
final class ConsoleCall extends ClientCall.Listener<DynamicMessage> {

    private final CallStart start;

    private final CallNews news;

    private final Runnable whenEnded;

    private final ClientCall<DynamicMessage, DynamicMessage> call;

    private final Sending sending;

    private final Credits credits;

    /**
     * A call that is not made yet.
     * @param start what the person wants
     * @param inner where the server is
     * @param tab told what happens
     * @param whenEnded told when nothing more can happen
     */
    ConsoleCall(CallStart start, InnerChannel inner, Outbox tab, Runnable whenEnded) {
        this.start = start;
        this.news = new CallNews(start, inner, tab);
        this.whenEnded = whenEnded;
        this.call = inner.newCall(start.method().method(), start.options(), this.news.served());
        this.sending = new Sending(this.call, this.news);
        this.credits = new Credits(this.call);
    }

    /** Makes the call. */
    void begin() throws WrongInput {
        this.news.started();
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
    public void onReady() {
        this.sending.sendReady();
    }

    @Override
    public void onHeaders(Metadata headers) {
        this.news.headers(headers);
    }

    @Override
    public void onMessage(DynamicMessage message) {
        this.news.response(message);
        this.credits.used();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        this.news.begun();
        this.sending.end();
        this.whenEnded.run();
        this.news.ended(status, trailers, this.sending);
    }

}
