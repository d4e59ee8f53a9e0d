package io.rpcspring.client.xds;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.grpc.internal.JsonParser;
import io.grpc.xds.InternalGrpcBootstrapperImpl;
import io.grpc.xds.client.XdsInitializationException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

import io.rpcspring.RpcConfigurationException;

/**
 * Tells grpc-java where the control plane is.
 * <p>
 * There is one bootstrap a JVM: grpc-java reads it once, with the first xDS channel or
 * server, and keeps it. So the first application context that needs it decides, and one
 * that says something else is refused.
 */
public final class XdsBootstrap {

    /** What sets it. */
    public static final String PROPERTY = "rpc.client.xds.bootstrap";

    private static final String NODE = "\"node\": { \"id\": \"places\" }";

    private static final String SNIPPET = """
            Set rpc.client.xds.bootstrap to a file, or to the JSON itself, in application.yml:

            rpc:
              client:
                xds:
                  bootstrap: |
                    {
                      "xds_servers": [ {
                        "server_uri": "control-plane.example.org:18000",
                        "channel_creds": [ { "type": "insecure" } ]
                      } ],
                      "node": { "id": "places" }
                    }
            """;

    private final @Nullable String property;

    private final ResourceLoader resources;

    /**
     * Creates a bootstrap that is read when it is needed.
     * @param property a file or the JSON; if null or empty, grpc-java's own variables and
     * system properties count
     * @param resources finds the file
     */
    public XdsBootstrap(@Nullable String property, ResourceLoader resources) {
        this.property = property;
        this.resources = resources;
    }

    /**
     * Finds out for channels whether anybody says where the control plane is.
     * @param needed what needs to know, as a message begins
     * @throws RpcConfigurationException if nobody does
     */
    public void check(String needed) {
        check(needed, SNIPPET);
    }

    /**
     * Finds it out for a server, whose listener has a name, too.
     * @param needed what needs to know, as a message begins
     * @throws RpcConfigurationException if nobody does
     */
    public void checkForServer(String needed) {
        check(needed, SNIPPET.replace(NODE,
                NODE + ",\n          \"server_listener_resource_name_template\": \"places/listener/%s\""));
    }

    private void check(String needed, String snippet) {
        if (!isSet(this.property) && StandardBootstrap.find() == null) {
            throw new RpcConfigurationException(needed + ", but nothing says where the control plane is: " + PROPERTY
                    + ", " + String.join(", ", StandardBootstrap.keys()) + " are not set.", snippet.strip());
        }
    }

    /**
     * Reads the bootstrap, and has grpc-java take it. Doing so twice is fine.
     * @return the JSON as grpc-java's parser makes it
     * @throws RpcConfigurationException if it cannot be used, or the JVM has another one
     */
    public Map<String, ?> install() {
        StandardBootstrap standard = isSet(this.property) ? null : StandardBootstrap.find();
        String source = (standard != null) ? standard.key() : PROPERTY;
        Map<String, ?> bootstrap = parse(source, (standard != null) ? standard.read() : text());
        JvmBootstrap.install(source, bootstrap);
        return bootstrap;
    }

    private String text() {
        String text = (this.property != null) ? this.property.strip() : "";
        if (text.startsWith("{")) {
            return text;
        }
        Resource file = this.resources.getResource(text.contains(":") ? text : "file:" + text);
        try {
            return file.getContentAsString(StandardCharsets.UTF_8);
        }
        catch (IOException ex) {
            throw unreadable(PROPERTY, text, ex);
        }
    }

    /** The parser that grpc-java reads it with: numbers are as it expects them. */
    @SuppressWarnings("unchecked")
    private static Map<String, ?> parse(String source, String json) {
        try {
            if (!(JsonParser.parse(json) instanceof Map<?, ?> map)) {
                throw new IOException("it is no JSON object");
            }
            Map<String, ?> bootstrap = (Map<String, ?>) map;
            InternalGrpcBootstrapperImpl.parseBootstrap(bootstrap);
            return bootstrap;
        }
        catch (IOException | XdsInitializationException ex) {
            String reason = String.valueOf(ex.getMessage()).replaceAll("\\.$", "");
            throw new RpcConfigurationException(source + " cannot be used: " + reason + ".", SNIPPET.strip(), ex);
        }
    }

    static RpcConfigurationException unreadable(String source, String file, IOException cause) {
        return new RpcConfigurationException(
                source + " is '" + file + "', which cannot be read: " + cause.getMessage() + ".",
                "Correct the path, or write the JSON itself to " + PROPERTY + ".", cause);
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isBlank();
    }

}
