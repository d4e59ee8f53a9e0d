package io.rpcspring.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;

import io.rpcspring.fixture.Connection;
import io.rpcspring.fixture.MarkedPlaces;
import io.rpcspring.fixture.StarterRunner;
import io.rpcspring.fixture.StarterApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The starter in production.
 */
class WithoutTestLibrariesTests {

    @Test
    void applicationStartsWithoutJUnitAndSpringTest() {
        StarterRunner.withServerOnFreePort()
            .withClassLoader(new FilteredClassLoader("org.junit", "org.springframework.test",
                    "org.springframework.boot.test.autoconfigure", "org.assertj", "org.mockito"))
            .withBean(MarkedPlaces.class)
            .run((context) -> {
                assertThat(context).hasNotFailed();
                try (Connection connection = Connection.to(context)) {
                    assertThat(connection.find("Zurich").getName()).isEqualTo("Zurich");
                }
            });
    }

    @Test
    void noClassForTestsIsLoadedInProduction() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (Recording loader = new Recording()) {
            thread.setContextClassLoader(loader);
            Class<?> application = loader.loadClass(StarterApplication.class.getName());
            Object context = loader.loadClass("org.springframework.boot.SpringApplication")
                .getMethod("run", Class.class, String[].class)
                .invoke(null, application,
                        new String[] { "--rpc.server.port=0", "--spring.main.banner-mode=off",
                                "--spring.main.web-application-type=none", "--spring.main.register-shutdown-hook=false",
                                "--logging.register-shutdown-hook=false" });
            ((AutoCloseable) context).close();
            // Spring Boot's service connections are for development, too.
            assertThat(loader.loaded).contains("io.rpcspring.server.RpcServer", "io.rpcspring.fixture.MarkedPlaces")
                .noneMatch((name) -> name.startsWith("io.rpcspring.test.") && !name.endsWith(".RpcConnectionDetails"));
        }
        finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Loads all classes afresh, and keeps their names. */
    private static final class Recording extends URLClassLoader {

        private static final String LIBRARIES = ".*/(spring(-boot)?-test|spring-boot-(testcontainers|docker-compose)"
                + "|junit|mockito|assertj|testcontainers).*\\.jar";

        private final Queue<String> loaded = new ConcurrentLinkedQueue<>();

        Recording() {
            super(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter((path) -> !path.matches(LIBRARIES))
                .map(Recording::url)
                .toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        }

        private static URL url(String path) {
            try {
                return new File(path).toURI().toURL();
            }
            catch (MalformedURLException ex) {
                throw new UncheckedIOException(ex);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            Class<?> found = super.findClass(name);
            this.loaded.add(name);
            return found;
        }

        @Override
        public void close() throws IOException {
            super.close();
        }

    }

}
