package io.rpcspring.test.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Two services, what they need, and a client.
 */
@SpringBootApplication
class SliceApplication {

}
