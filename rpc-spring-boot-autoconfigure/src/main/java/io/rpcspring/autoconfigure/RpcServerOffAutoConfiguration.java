package io.rpcspring.autoconfigure;

import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/**
 * Says why an application ends at once whose server is switched off.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "rpc.server.enabled", havingValue = false)
final class RpcServerOffAutoConfiguration {

    private static final Log logger = LogFactory.getLog(RpcServerOffAutoConfiguration.class);

    @Bean
    static ApplicationListener<ApplicationReadyEvent> rpcServerOffNotice() {
        return (event) -> {
            if (endsNow(Thread.getAllStackTraces().keySet())) {
                logger.info("No gRPC server was started, because rpc.server.enabled is false, and nothing else keeps"
                        + " the application running: it ends");
            }
        };
    }

    /** A JVM ends with its last thread that is no daemon; the one that asks ends soon. */
    private static boolean endsNow(Set<Thread> threads) {
        return threads.stream().allMatch((thread) -> thread.isDaemon() || thread == Thread.currentThread());
    }

}
