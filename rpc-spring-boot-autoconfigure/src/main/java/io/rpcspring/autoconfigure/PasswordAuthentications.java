package io.rpcspring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationEventPublisher;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.DefaultAuthenticationEventPublisher;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.userdetails.UserDetailsPasswordService;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;

import io.rpcspring.RpcConfigurationException;
import io.rpcspring.server.ServiceRegistry;
import io.rpcspring.server.security.BasicAuthentication;

/**
 * Recognises names and passwords, if that is wanted.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("rpc.server.security.basic.enabled")
class PasswordAuthentications {

    /** None where a test leaves the users out. */
    @Bean
    @Nullable StandardAuthentication rpcBasicAuthentication(ObjectProvider<AuthenticationManager> managers,
            ObjectProvider<UserDetailsService> users, ObjectProvider<PasswordEncoder> encoders,
            ObjectProvider<UserDetailsPasswordService> passwords, ObjectProvider<AuthenticationEventPublisher> events,
            ApplicationEventPublisher publisher, ObjectProvider<ServiceRegistry.Selection> selection) {
        AuthenticationManager own = managers.getIfAvailable();
        if (own != null) {
            return standard(own);
        }
        UserDetailsService known = users.getIfAvailable();
        if (known == null) {
            selection.getIfAvailable(() -> ServiceRegistry.Selection.ALL)
                .check(PasswordAuthentications::refuseWithoutUsers);
            return null;
        }
        DaoAuthenticationProvider provider = new DaoAuthenticationProvider(known);
        encoders.ifAvailable(provider::setPasswordEncoder);
        passwords.ifAvailable(provider::setUserDetailsPasswordService);
        ProviderManager manager = new ProviderManager(provider);
        manager.setAuthenticationEventPublisher(
                events.getIfAvailable(() -> new DefaultAuthenticationEventPublisher(publisher)));
        return standard(manager);
    }

    private static void refuseWithoutUsers() {
        throw new RpcConfigurationException(
                "rpc.server.security.basic.enabled is true, but there are no users: there is no bean of type"
                        + " AuthenticationManager or UserDetailsService.",
                "Add one of them (Spring Boot makes one only in web applications with servlets, of"
                        + " spring.security.user), or remove rpc.server.security.basic.enabled.");
    }

    private static StandardAuthentication standard(AuthenticationManager manager) {
        return new StandardAuthentication(StandardAuthentication.Kind.BASIC, new BasicAuthentication(manager));
    }

}
