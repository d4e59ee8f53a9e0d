package io.rpcspring.scaleout;

import java.util.List;
import java.util.Set;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application that calls, wherever it runs.
 */
interface Client extends AutoCloseable {

    /** The servers that have answered lately. */
    Set<String> servers();

    /** How many calls were answered. */
    long answered();

    /** What became of the others. */
    List<String> failures();

    @Override
    void close();

    /** Runs in this JVM. */
    static Client here(String... properties) {
        ConfigurableApplicationContext context = CallingApplication.run(properties);
        Callers callers = context.getBean(Callers.class);
        return new Client() {

            @Override
            public Set<String> servers() {
                return callers.servers();
            }

            @Override
            public long answered() {
                return callers.answered();
            }

            @Override
            public List<String> failures() {
                return callers.failures();
            }

            @Override
            public void close() {
                context.close();
            }

        };
    }

}
