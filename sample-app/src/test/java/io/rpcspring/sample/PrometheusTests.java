package io.rpcspring.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Prometheus reads after the tour.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = { "rpc.server.port=0", "rpc.client.channels.places.target=localhost:${local.rpc.server.port}",
                "management.prometheus.metrics.export.enabled=true" })
class PrometheusTests {

    private static final String FIND = "{error=\"none\",grpc_status_code=\"OK\",rpc_method=\"Find\","
            + "rpc_service=\"places.v1.Places\",rpc_type=\"UNARY\"}";

    private final String target;

    PrometheusTests(@Autowired Environment environment) {
        this.target = "http://localhost:" + environment.getProperty("local.server.port") + "/actuator/prometheus";
    }

    @Test
    void readsCallsPoolsChannelsAndConnections() throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(this.target)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
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

}
