package io.rpcspring.autoconfigure;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.PermissionEvaluator;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authorization.AuthorizationEventPublisher;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.authorization.DefaultAuthorizationManagerFactory;
import org.springframework.security.authorization.SpringAuthorizationEventPublisher;
import org.springframework.security.core.Authentication;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.RpcContext;
import io.rpcspring.server.ServiceRegistry;
import io.rpcspring.server.call.ChainLink;
import io.rpcspring.server.security.AccessRules;
import io.rpcspring.server.security.AccessSettings;
import io.rpcspring.server.security.CallExpressions;
import io.rpcspring.server.security.CallSecurity;
import io.rpcspring.server.security.Callers;
import io.rpcspring.server.security.DryRun;
import io.rpcspring.server.security.MockedCallers;
import io.rpcspring.server.security.RpcAuthentication;
import io.rpcspring.server.security.SecurityFailures;
import io.rpcspring.server.security.SecurityStart;
import io.rpcspring.server.security.SecurityThreadLocals;

/**
 * Finds out who makes a server's calls, and lets on those who may, where Spring Security
 * is there.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
        "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
        "org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration" })
@ConditionalOnClass(Authentication.class)
@ConditionalOnBooleanProperty(name = { "rpc.server.enabled", "rpc.server.security.enabled" }, matchIfMissing = true)
@EnableConfigurationProperties(RpcServerProperties.class)
@Import({ TokenAuthentications.class, PasswordAuthentications.class })
final class RpcSecurityAutoConfiguration {

    @Bean
    MoreThreadLocals rpcSecurityThreadLocals() {
        return new MoreThreadLocals(new SecurityThreadLocals());
    }

    @Bean
    SecurityFailures rpcSecurityFailures(RpcServerProperties properties) {
        return new SecurityFailures(properties.errors().statuses());
    }

    @Bean
    Callers rpcCallers(RpcServerProperties properties, ObjectProvider<RpcAuthentication> own,
            ObjectProvider<StandardAuthentication> standard, ObjectProvider<MockedCallers> mocked,
            ObjectProvider<ServiceRegistry.Selection> selection) {
        Stream<RpcAuthentication> known = Stream.concat(standard.stream(), CertificateSettings.of(properties).stream())
            .sorted(Comparator.comparing(StandardAuthentication::kind))
            .map(StandardAuthentication::recognises);
        Callers callers = new Callers(Stream.concat(own.orderedStream(), known).toList(), mocked.getIfAvailable());
        if (!callers.canBeKnown()) {
            ServiceRegistry.Selection all = selection.getIfAvailable(() -> ServiceRegistry.Selection.ALL);
            properties.security()
                .accessProperties()
                .findFirst()
                .ifPresent((property) -> all.check(() -> refuseStrangers(property)));
        }
        return callers;
    }

    private static void refuseStrangers(String property) {
        throw new RpcConfigurationException(
                property + " says who may call, but nothing finds out who calls: nothing authenticates calls.",
                "Configure spring.security.oauth2.resourceserver, rpc.server.security.basic.enabled or"
                        + " rpc.server.security.certificate.principal, or add an RpcAuthentication bean; or remove "
                        + property + ".");
    }

    @Bean
    AccessRules rpcAccessRules(RpcServerProperties properties, Callers callers, ApplicationContext context,
            ObjectProvider<RoleHierarchy> roles, ObjectProvider<PermissionEvaluator> permissions,
            ObjectProvider<AuthorizationManager<RpcContext>> managers,
            ObjectProvider<AuthorizationEventPublisher> events) {
        CallExpressions expressions = new CallExpressions();
        expressions.setApplicationContext(context);
        roles.ifAvailable((hierarchy) -> expressions.setAuthorizationManagerFactory(inHierarchy(hierarchy)));
        permissions.ifAvailable(expressions::setPermissionEvaluator);
        return new AccessRules(settings(properties.security(), callers), expressions, managers.orderedStream().toList(),
                events.getIfAvailable(() -> new SpringAuthorizationEventPublisher(context)));
    }

    private static AuthorizationManagerFactory<RpcContext> inHierarchy(RoleHierarchy roles) {
        DefaultAuthorizationManagerFactory<RpcContext> factory = new DefaultAuthorizationManagerFactory<>();
        factory.setRoleHierarchy(roles);
        return factory;
    }

    private static AccessSettings settings(SecurityProperties properties, Callers callers) {
        Map<String, AccessSettings.ServiceAccess> services = new TreeMap<>();
        properties.rules()
            .forEach((name, rule) -> services.put(name,
                    new AccessSettings.ServiceAccess(rule.access(), rule.methods())));
        String byDefault = properties.defaultAccess();
        boolean known = callers.canBeKnown() || !services.isEmpty();
        return new AccessSettings(
                (byDefault != null) ? byDefault : known ? AccessSettings.AUTHENTICATED : AccessSettings.PERMIT_ALL,
                services);
    }

    @Bean
    ChainLink rpcServerSecurity(RpcServerProperties properties, Callers callers, AccessRules rules,
            SecurityFailures failures, ListableBeanFactory beans, ObjectProvider<ServiceRegistry.Selection> selection) {
        boolean active = callers.canBeKnown() || callers.areMocked() || rules.haveManagers();
        Predicate<MethodDescriptor<?, ?>> methods = (method) -> active && rules.concern(method);
        return new ChainLink(ChainLink.Place.SECURITY,
                new CallSecurity(callers, rules, properties.security().dryRun() ? new DryRun(failures) : null), methods,
                true, new SecurityStart(callers, rules, beans,
                        selection.getIfAvailable(() -> ServiceRegistry.Selection.ALL)));
    }

}
