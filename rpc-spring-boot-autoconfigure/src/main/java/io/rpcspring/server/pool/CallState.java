package io.rpcspring.server.pool;

/**
 * Where a call that was let in is, and where it goes from there.
 * <p>
 * This is the table of moves; a state that does not know an event stays. Who makes a move
 * does what belongs to it: see {@link AdmittedCall}.
 * <table>
 * <caption>Moves</caption>
 * <tr>
 * <th>from</th>
 * <th>events come</th>
 * <th>a thread takes it</th>
 * <th>too late</th>
 * <th>handler handed over</th>
 * <th>on another thread</th>
 * <th>leaves its thread</th>
 * </tr>
 * <tr>
 * <td>ADMITTED</td>
 * <td>WAITING</td>
 * <td></td>
 * <td>DISMISSED</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * </tr>
 * <tr>
 * <td>WAITING</td>
 * <td></td>
 * <td>RUNNING</td>
 * <td>DISMISSED</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * </tr>
 * <tr>
 * <td>RUNNING</td>
 * <td>RUNNING_MORE</td>
 * <td></td>
 * <td></td>
 * <td>SERVING</td>
 * <td>SERVED</td>
 * <td>ABSENT, AWAY, SERVED or ENDED</td>
 * </tr>
 * <tr>
 * <td>RUNNING_MORE</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td>SERVED</td>
 * <td>RUNNING</td>
 * </tr>
 * <tr>
 * <td>ABSENT</td>
 * <td>QUEUED, or LATE if it has ended</td>
 * <td></td>
 * <td>AWAY</td>
 * <td></td>
 * <td>SERVED</td>
 * <td></td>
 * </tr>
 * <tr>
 * <td>AWAY</td>
 * <td>QUEUED, or LATE if it has ended</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td>SERVED</td>
 * <td></td>
 * </tr>
 * <tr>
 * <td>QUEUED</td>
 * <td></td>
 * <td>RUNNING</td>
 * <td>LATE</td>
 * <td></td>
 * <td>SERVED</td>
 * <td></td>
 * </tr>
 * <tr>
 * <td>LATE</td>
 * <td></td>
 * <td>RUNNING</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td></td>
 * </tr>
 * <tr>
 * <td>SERVING</td>
 * <td>RUNNING_MORE if it has ended and the application listens</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td>SERVED, AWAY or ENDED</td>
 * </tr>
 * <tr>
 * <td>SERVED</td>
 * <td>LATE if it has ended and the application listens</td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td></td>
 * <td></td>
 * </tr>
 * </table>
 */
enum CallState {

    /** Let in; grpc-java has not brought its start yet. */
    ADMITTED(true),

    /** Its start waits for a thread: nobody has been told of the call. */
    WAITING(true),

    /** Its events are on a thread of the pool. */
    RUNNING(true),

    /** The same, and more have come. */
    RUNNING_MORE(true),

    /** Started, on no thread; its request has not come, and it keeps its place. */
    ABSENT(true),

    /** Started, on no thread, without a place. */
    AWAY(false),

    /** Started before; what came since waits for a thread. */
    QUEUED(true),

    /** The same, but it has ended: its end is to be told, and nothing else. */
    LATE(false),

    /**
     * Its handler has a thread. Events are run by who brings them, because a handler that
     * blocks would wait for them in vain.
     */
    SERVING(true),

    /** Its handler has given its thread back. Events are run by who brings them. */
    SERVED(false),

    /** It was closed before anybody was told of it. */
    DISMISSED(false),

    /** Its end has been told. */
    ENDED(false);

    private final boolean hasPlace;

    CallState(boolean hasPlace) {
        this.hasPlace = hasPlace;
    }

    /** Whether a call has a place of its pool there. */
    boolean hasPlace() {
        return this.hasPlace;
    }

    /** Whether it waits in the queue for a thread. */
    boolean isInQueue() {
        return this == WAITING || this == QUEUED || this == LATE;
    }

    /** Whether it waits for a thread, or for what it needs before it wants one. */
    boolean isWaiting() {
        return isInQueue() || this == ADMITTED || this == ABSENT;
    }

    /**
     * grpc-java has brought something.
     * @param ended whether the call has ended: then it is the end, or of no use any more
     * @param quiet whether no code of the application listens to the end
     */
    CallState whenEventsCome(boolean ended, boolean quiet) {
        return switch (this) {
            case ADMITTED -> WAITING;
            case ABSENT, AWAY -> ended ? LATE : QUEUED;
            case RUNNING -> RUNNING_MORE;
            case SERVING -> (ended && !quiet) ? RUNNING_MORE : SERVING;
            case SERVED -> (ended && !quiet) ? LATE : SERVED;
            default -> this;
        };
    }

    CallState whenTaken() {
        return isInQueue() ? RUNNING : this;
    }

    /** Nobody waits for the call any more, or it has waited for too long. */
    CallState whenTooLate() {
        return switch (this) {
            case ADMITTED, WAITING -> DISMISSED;
            case ABSENT -> AWAY;
            case QUEUED -> LATE;
            default -> this;
        };
    }

    /** Its handler will hold the thread that runs its events. */
    CallState whenHandedOver() {
        return (this == RUNNING) ? SERVING : this;
    }

    /** Its handler will run by itself. */
    CallState whenHandedOverElsewhere() {
        return switch (this) {
            case RUNNING, RUNNING_MORE, ABSENT, AWAY, QUEUED -> SERVED;
            default -> this;
        };
    }

    /**
     * Its batch has run, and its handler if it was handed over.
     * @param over whether its end has been told
     * @param requestAwaited whether its one request has not come
     * @param quiet whether events may be run by who brings them: no application listens
     */
    CallState whenLeft(boolean over, boolean requestAwaited, boolean quiet) {
        return switch (this) {
            case RUNNING_MORE -> RUNNING;
            case RUNNING -> over ? ENDED : requestAwaited ? ABSENT : quiet ? SERVED : AWAY;
            case SERVING -> over ? ENDED : quiet ? SERVED : AWAY;
            default -> this;
        };
    }

}
