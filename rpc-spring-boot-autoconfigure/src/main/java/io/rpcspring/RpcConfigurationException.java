package io.rpcspring;

import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with the configuration and what to write instead.
 * <p>
 * It stops the start of the application; Spring Boot prints both parts without a stack
 * trace.
 */
public final class RpcConfigurationException extends RuntimeException {

    private final String description;

    private final String action;

    /**
     * Creates an exception without a cause.
     * @param description what is wrong, where, and the value that was found
     * @param action what to write or do instead
     */
    public RpcConfigurationException(String description, String action) {
        this(description, action, null);
    }

    /**
     * Creates an exception with a cause.
     * @param description what is wrong, where, and the value that was found
     * @param action what to write or do instead
     * @param cause what failed underneath, if anything
     */
    public RpcConfigurationException(String description, String action, @Nullable Throwable cause) {
        super(description + " " + action, cause);
        this.description = description;
        this.action = action;
    }

    /**
     * What is wrong, where, and the value that was found.
     * @return the first part of the message
     */
    public String description() {
        return this.description;
    }

    /**
     * What to write or do instead.
     * @return the second part of the message
     */
    public String action() {
        return this.action;
    }

}
