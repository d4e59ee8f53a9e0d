package io.rpcspring.server.transport;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a call's executor not before the call is about to start.
 * <p>
 * What is refused there is closed at once within the JVM, and grpc-java loses the end of
 * a call that has no start.
 *
 * @param executors chooses
 */
record LateChoice(ServerCallExecutorSupplier executors) implements ServerCallExecutorSupplier {

    @Override
    public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
        // What is late is no more in the context of the call, whose end is seen by it.
        Context context = Context.current();
        return new LateExecutor(() -> {
            Context before = context.attach();
            try {
                return this.executors.getExecutor(call, headers);
            }
            finally {
                context.detach(before);
            }
        });
    }

    /**
     * Is chosen by its first task. grpc-java gives it one task after the other.
     */
    private static final class LateExecutor implements Executor {

        private final Supplier<@Nullable Executor> choice;

        private @Nullable Executor chosen;

        LateExecutor(Supplier<@Nullable Executor> choice) {
            this.choice = choice;
        }

        @Override
        public void execute(Runnable task) {
            Executor executor = this.chosen;
            if (executor == null) {
                executor = Objects.requireNonNullElse(this.choice.get(), Runnable::run);
                this.chosen = executor;
            }
            Executor runs = executor;
            Turn.runWithin(() -> runs.execute(task));
        }

    }

}
