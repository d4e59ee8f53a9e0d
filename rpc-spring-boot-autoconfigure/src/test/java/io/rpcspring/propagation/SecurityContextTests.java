package io.rpcspring.propagation;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who calls follows the call, with the accessors that Spring Security registers.
 */
class SecurityContextTests {

    private final RegisteredThreadLocals threadLocals = new RegisteredThreadLocals(null);

    @AfterEach
    void leaveNobody() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void whoCallsFollowsAlsoWithoutReactor() throws Exception {
        assertThat(this.threadLocals.take()).isNull();
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("anna", "secret"));
        Object taken = Objects.requireNonNull(this.threadLocals.take());
        assertThat(caller()).isNull();
        assertThat(Threads.onAnother(() -> {
            this.threadLocals.put(taken);
            String there = caller();
            this.threadLocals.take();
            return there + ", then " + caller();
        })).isEqualTo("anna, then null");
    }

    private static @Nullable String caller() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return (authentication != null) ? authentication.getName() : null;
    }

}
