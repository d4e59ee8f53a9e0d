package io.rpcspring.autoconfigure;

import java.net.InetAddress;
import java.util.Objects;
import java.util.UUID;

import com.google.protobuf.util.JsonFormat;
import io.grpc.inprocess.InProcessChannelBuilder;
import jakarta.servlet.http.HttpServlet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.access.WebInvocationPrivilegeEvaluator;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.console.Board;
import io.rpcspring.console.CallWatch;
import io.rpcspring.console.Console;
import io.rpcspring.console.ConsoleServlet;
import io.rpcspring.console.ConsoleSubject;
import io.rpcspring.console.Gate;
import io.rpcspring.console.Heartbeat;
import io.rpcspring.console.KnownRules;
import io.rpcspring.server.RpcServer;
import io.rpcspring.server.RpcServerStartedEvent;
import io.rpcspring.server.ServerSettings;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.transport.InProcessDoor;
import io.rpcspring.validation.MessageRules;
import io.rpcspring.validation.RuleWords;

/**
 * Serves a page to try every method, if asked for.
 */
@AutoConfiguration(after = { RpcClientAutoConfiguration.class, RpcServerAutoConfiguration.class,
        RpcValidationAutoConfiguration.class })
@ConditionalOnBooleanProperty("rpc.console.enabled")
@Lazy(false)
final class RpcConsoleAutoConfiguration {

    private static final Log logger = LogFactory.getLog(RpcConsoleAutoConfiguration.class);

    /**
     * Finds out whether all is there that the console needs.
     */
    RpcConsoleAutoConfiguration(ApplicationContext context, Environment environment) {
        new ConsoleNeeds(context.getClassLoader()).check(environment, isServlet(context));
    }

    private static boolean isServlet(ApplicationContext context) {
        String type = "org.springframework.web.context.WebApplicationContext";
        return ClassUtils.isPresent(type, context.getClassLoader())
                && ClassUtils.resolveClassName(type, context.getClassLoader()).isInstance(context);
    }

    /** Where all is there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ WebSocketHttpRequestHandler.class, HttpServlet.class, JsonFormat.class,
            InProcessChannelBuilder.class, ServerProperties.class })
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnBean(RpcServer.class)
    @EnableConfigurationProperties({ RpcConsoleProperties.class, RpcServerProperties.class, ServerProperties.class })
    static class Served {

        /** Nobody else can guess its name. */
        @Bean
        InProcessDoor rpcConsoleDoor() {
            return new InProcessDoor("console-" + UUID.randomUUID());
        }

        @Bean
        CallWatch rpcConsoleCallWatch() {
            return new CallWatch();
        }

        /** Behind what measures: it is to see the thread of the handler. */
        @Bean
        @Order(4)
        ChainLink rpcConsoleLink(CallWatch watch) {
            return new ChainLink(ChainLink.Place.OBSERVATION, watch);
        }

        @Bean
        ConsoleSubject rpcConsoleSubject(Environment environment, RpcServer server, ServerSettings settings,
                ObjectProvider<RpcChannels> channels, RpcServerProperties properties) {
            boolean secured = settings.links().stream().anyMatch((link) -> link.place() == ChainLink.Place.SECURITY);
            String address = properties.address();
            return new ConsoleSubject(environment.getProperty("spring.application.name"), server,
                    new Board(server, settings.pools(), channels.getIfAvailable()),
                    (address != null) ? address : "localhost", properties.ssl().isOn(),
                    properties.reflection().enabled(), secured);
        }

        @Bean
        Console rpcConsole(RpcConsoleProperties properties, ConsoleSubject subject, CallWatch watch,
                InProcessDoor rpcConsoleDoor, ObjectProvider<KnownRules> rules, ObjectProvider<Heartbeat> heartbeat,
                ResourceLoader classPath) {
            return new Console(properties.settings(heartbeat.getIfAvailable(() -> Heartbeat.USUAL)), subject, watch,
                    rpcConsoleDoor.name(), rules.getIfAvailable(() -> KnownRules.NONE),
                    Objects.requireNonNull(classPath.getClassLoader()));
        }

        @Bean
        ServletRegistrationBean<ConsoleServlet> rpcConsoleServlet(Console console, RpcConsoleProperties properties,
                ServerProperties web) {
            Gate gate = new Gate(web.getAddress(), properties.allowedHosts());
            ServletRegistrationBean<ConsoleServlet> servlet = new ServletRegistrationBean<>(
                    new ConsoleServlet(console, gate), properties.path() + "/*");
            servlet.setName("rpcConsole");
            return servlet;
        }

        @Bean
        SmartInitializingSingleton rpcConsoleExposureCheck(RpcConsoleProperties properties, ServerProperties web,
                ObjectProvider<ConsoleExposure.WebSecurity> security) {
            return () -> {
                InetAddress address = web.getAddress();
                if (address != null && !properties.allowPublic()) {
                    new ConsoleExposure(properties.path(), security.getIfAvailable()).check(address, contextPath(web));
                }
            };
        }

        @Bean
        ApplicationListener<RpcServerStartedEvent> rpcConsoleServerListener(Console console,
                ApplicationContext context) {
            OwnEvents own = new OwnEvents(context);
            return (event) -> {
                if (own.include(event)) {
                    console.serverStarted();
                }
            };
        }

        @Bean
        ApplicationListener<ServletWebServerInitializedEvent> rpcConsoleAnnouncement(ApplicationContext context,
                RpcConsoleProperties properties, ServerProperties web) {
            return (event) -> {
                if (event.getApplicationContext() == context) {
                    logger.info("RPC console: " + url(web, event.getWebServer().getPort(), properties.path()));
                }
            };
        }

        private static String url(ServerProperties web, int port, String path) {
            InetAddress address = web.getAddress();
            boolean here = address == null || address.isAnyLocalAddress() || address.isLoopbackAddress();
            String host = (here || address == null) ? "localhost" : address.getHostAddress();
            String scheme = (web.getSsl() != null && web.getSsl().isEnabled()) ? "https" : "http";
            return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + contextPath(web)
                    + path + "/";
        }

        private static String contextPath(ServerProperties web) {
            String path = web.getServlet().getContextPath();
            return (path != null) ? path : "";
        }

        /** Where protovalidate is there. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(name = "build.buf.protovalidate.Validator")
        @ConditionalOnBean(MessageRules.class)
        static class Rules {

            @Bean
            KnownRules rpcConsoleRules(MessageRules rules) {
                RuleWords words = new RuleWords(rules);
                return new KnownRules(words::of, words::of, words::isRequired,
                        (message) -> words.brokenBy(message)
                            .stream()
                            .map((broken) -> new KnownRules.Broken(broken.getKey(), broken.getValue()))
                            .toList());
            }

        }

        /** Where Spring Security is there. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(WebInvocationPrivilegeEvaluator.class)
        static class Security {

            @Bean
            ConsoleExposure.WebSecurity rpcConsoleWebSecurity(
                    ObjectProvider<WebInvocationPrivilegeEvaluator> evaluators) {
                AnonymousAuthenticationToken stranger = new AnonymousAuthenticationToken("rpc-console", "anonymous",
                        AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));
                return (contextPath, path) -> evaluators.stream()
                    .anyMatch((evaluator) -> !evaluator.isAllowed(contextPath, path, "GET", stranger));
            }

        }

    }

}
