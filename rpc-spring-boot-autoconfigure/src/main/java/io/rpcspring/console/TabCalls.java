package io.rpcspring.console;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls that one page has in flight.
 */
final class TabCalls {

    private final Console console;

    private final Outbox out;

    private final Map<Long, ConsoleCall> calls = new ConcurrentHashMap<>();

    private volatile boolean closed;

    TabCalls(Console console, Outbox out) {
        this.console = console;
        this.out = out;
    }

    /** Makes a call, or says why not. */
    void start(Request request) {
        long number = request.number("call");
        try {
            requireRoom(number);
            CallStart start = CallStart.read(request, this.console.view().catalogue(),
                    this.console.view().settings().messageSize());
            ConsoleCall call = new ConsoleCall(start, this.console.channel(), this.out,
                    () -> this.calls.remove(number));
            this.calls.put(number, call);
            begin(call, number);
        }
        catch (WrongInput ex) {
            this.out.send(ex.of(number));
        }
    }

    private void begin(ConsoleCall call, long number) throws WrongInput {
        try {
            call.begin();
            if (this.closed) {
                close();
            }
        }
        catch (IllegalStateException ex) {
            // The tab was closed meanwhile, and its calls cancelled.
            this.calls.remove(number);
        }
    }

    private void requireRoom(long number) throws WrongInput {
        if (this.calls.containsKey(number)) {
            throw new WrongInput(WrongInput.Part.CALL, "", "There is a call " + number + " already");
        }
        if (this.calls.size() >= this.console.view().settings().calls()) {
            throw new WrongInput(WrongInput.Part.CALL, "", this.calls.size()
                    + " calls of this tab are in flight, and rpc.console.limits.calls allows no more. End one first");
        }
    }

    /** A call that has ended meanwhile needs nothing. */
    void go(Request request) {
        long number = request.number("call");
        ConsoleCall call = this.calls.get(number);
        if (call == null) {
            return;
        }
        switch (request.type()) {
            case "send" -> send(call, number, request);
            case "halfClose" -> call.halfClose();
            case "cancel" -> call.cancel("Cancelled in the console");
            case "pause" -> call.pause();
            default -> call.grant(Math.max(0, request.number("messages")));
        }
    }

    private void send(ConsoleCall call, long number, Request request) {
        long sequence = request.number("seq");
        try {
            call.send(sequence, request.text("json"));
        }
        catch (WrongInput ex) {
            this.out.send(ex.of(number).with("seq", sequence));
        }
    }

    /** Nobody waits for them any more. */
    void close() {
        this.closed = true;
        this.calls.values().forEach((call) -> call.cancel("The tab of the console was closed"));
    }

}
