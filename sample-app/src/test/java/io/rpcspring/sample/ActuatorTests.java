package io.rpcspring.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import io.rpcspring.test.InProcessRpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator reads and changes by HTTP after the tour.
 */
@InProcessRpc
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ActuatorTests {

    private static final String FIND = "{error=\"none\",grpc_status_code=\"OK\",rpc_method=\"Find\","
            + "rpc_service=\"places.v1.Places\",rpc_type=\"UNARY\"}";

    private final String target;

    ActuatorTests(@Value("${local.server.port}") int port) {
        this.target = "http://localhost:" + port + "/actuator/";
    }

    @Test
    void readsCallsPoolsChannelsAndConnections() throws IOException, InterruptedException {
        String meters = get("prometheus");
        assertThat(meters)
            .contains("# TYPE grpc_server_seconds summary\n", "grpc_server_seconds_count" + FIND + " 80\n",
                    "grpc_client_seconds_count" + FIND + " 80\n")
            .contains("# TYPE rpc_server_pool_queue_seconds histogram\n",
                    "rpc_server_pool_queue_seconds_bucket{pool=\"default\",le=\"0.001\"} ",
                    "rpc_server_pool_running{pool=\"default\"} 0.0\n")
            .contains("rpc_client_channel_state{channel=\"places\",state=\"READY\"} 1.0\n",
                    "rpc_client_attempts_total{channel=\"places\",kind=\"first\",rpc_method=\"Find\","
                            + "rpc_service=\"places.v1.Places\"} ")
            .contains("rpc_server_connections 1.0\n");
    }

    @Test
    void readsWhatTheServerIsDoing() throws IOException, InterruptedException {
        DocumentContext rpc = JsonPath.parse(get("rpc"));
        assertThat(rpc.<String>read("$.server.state")).isEqualTo("running");
        assertThat(rpc.<String>read("$.server.limits.limits.message-size")).isEqualTo("4194304B");
        assertThat(rpc.<String>read("$.services['places.v1.Places'].methods.Find.pool")).isEqualTo("default");
        assertThat(rpc.<Integer>read("$.pools.default.figures.running")).isZero();
        assertThat(rpc.<String>read("$.pools.default.queueTimeout")).startsWith("PT");
        assertThat(rpc.<String>read("$.channels[0].state")).isEqualTo("READY");
        assertThat(rpc.<String>read("$.channels[0].methods.deadline")).isEqualTo("PT5S");
        assertThat(rpc.<String>read("$.channels[0].settings.load-balancing")).isEqualTo("******");
        assertThat(JsonPath.parse(get("rpc/calls")).<Integer>read("$.count")).isNotNegative();
        assertThat(send("GET", "rpc/nothing", "").statusCode()).isEqualTo(404);
        assertThat(JsonPath.parse(get("info")).<String>read("$.rpc.grpc")).startsWith("1.");
    }

    @Test
    void resizesPoolsAndTakesServicesOutOfRotation() throws IOException, InterruptedException {
        HttpResponse<String> pool = send("POST", "rpc/pools/streams", "{\"size\": 7}");
        assertThat(pool.statusCode()).isEqualTo(200);
        assertThat(JsonPath.parse(pool.body()).<Integer>read("$.figures.size")).isEqualTo(7);
        HttpResponse<String> refused = send("POST", "rpc/pools/streams", "{\"size\": 0}");
        assertThat(refused.statusCode()).isEqualTo(400);
        HttpResponse<String> service = send("POST", "rpc/services/places.v1.Places", "{\"inRotation\": false}");
        assertThat(JsonPath.parse(service.body()).<Boolean>read("$.inRotation")).isFalse();
        send("POST", "rpc/services/places.v1.Places", "{\"inRotation\": true}");
        assertThat(JsonPath.parse(get("rpc")).<Boolean>read("$.services['places.v1.Places'].inRotation")).isTrue();
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send("GET", path, "");
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(this.target + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("content-type", "application/json")
            .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

}
