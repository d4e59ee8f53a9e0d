package io.rpcspring.scaleout;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same application with servers that come and go, wherever it finds them. Its calls
 * may run twice, and are told so; how soon news are in use says {@link Backend}.
 */
@DisabledOnOs(value = { OS.WINDOWS, OS.MAC }, disabledReason = "needs 127.0.0.2")
class ScaleOutTests {

    @ParameterizedTest
    @EnumSource(names = { "STATIC", "XDS" })
    void noCallFailsWhileServersComeAndGo(Backend backend) {
        assertNoCallFailsWhileServersComeAndGo(backend);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "STATIC", "XDS" })
    void noCallFailsWhileServersComeAndGoThoughNewsTakesARound(Backend backend) {
        assertNoCallFailsWhileServersComeAndGo(backend);
    }

    private static void assertNoCallFailsWhileServersComeAndGo(Backend backend) {
        try (Fleet fleet = new Fleet(backend)) {
            fleet.start("a");
            fleet.start("b");
            fleet.call();
            fleet.awaitFirstUse("a", "b");
            fleet.start("c");
            fleet.awaitUse("a", "b", "c");
            fleet.forget("b");
            if (backend.isTold()) {
                fleet.awaitUse("a", "c");
            }
            fleet.drain("b");
            fleet.awaitUse("a", "c");
            fleet.restart("c", "c again");
            fleet.awaitUse("a", "c again");
            // Without a word to those who announce it.
            fleet.drain("a");
            fleet.awaitUse("c again");
            if (backend == Backend.EUREKA) {
                fleet.loseRegistry();
                fleet.assertThatNothingChanges("c again");
            }
            fleet.assertThatNoCallFailed();
        }
    }

    @Tag("slow")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @EnumSource
    void noCallFailsWhenAServerIsKilled(Backend backend) {
        try (Fleet fleet = new Fleet(backend)) {
            fleet.start("a");
            fleet.startProcess();
            fleet.call();
            fleet.awaitFirstUse("a", ServingApplication.NAME);
            fleet.kill(ServingApplication.NAME);
            fleet.awaitUse("a");
            fleet.forget(ServingApplication.NAME);
            fleet.start("b");
            fleet.awaitUse("a", "b");
            fleet.assertThatNoCallFailed();
        }
    }

}
