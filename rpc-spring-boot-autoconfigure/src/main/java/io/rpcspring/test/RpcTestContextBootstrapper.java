package io.rpcspring.test;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/**
 * Starts the context of a slice without the web.
 */
final class RpcTestContextBootstrapper extends TestSliceTestContextBootstrapper<RpcTest> {

    @Override
    protected String[] getProperties(Class<?> testClass) {
        List<String> properties = new ArrayList<>(List.of("spring.main.web-application-type=none"));
        String[] own = super.getProperties(testClass);
        if (own != null) {
            properties.addAll(List.of(own));
        }
        return properties.toArray(String[]::new);
    }

}
