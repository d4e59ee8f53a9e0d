package io.rpcspring.test;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Resets faults and the record of calls after each test method.
 */
final class RpcTestToolsListener implements TestExecutionListener, Ordered {

    /**
     * The bean that does it, by its name: it stands here for tests without AssertJ, too.
     */
    static final String RESET = "rpcTestToolsReset";

    @Override
    public void afterTestMethod(TestContext test) {
        if (test.hasApplicationContext()) {
            ApplicationContext context = test.getApplicationContext();
            if (context.containsBean(RESET)) {
                context.getBean(RESET, Runnable.class).run();
            }
        }
    }

    /** After the test's own, before the context is closed. */
    @Override
    public int getOrder() {
        return 4500;
    }

}
