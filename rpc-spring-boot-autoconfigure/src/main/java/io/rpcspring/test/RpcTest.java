package io.rpcspring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Tests some gRPC services of the application, or only its clients, without the rest of
 * it.
 * <p>
 * Of the application's scanned classes it keeps the services that it names, and what is
 * marked {@link io.rpcspring.RpcInterceptor} or {@link io.rpcspring.RpcAdvice}; of the
 * auto-configurations those of this starter and what they need. Name what else is wanted
 * in {@code @Import}, or replace it by {@code @MockitoBean}. No socket is opened: calls
 * go as with {@link InProcessRpc}. Configuration of services that are left out is logged,
 * not refused.
 *
 * <pre class="code">
 * &#64;RpcTest(Places.class)
 * class PlacesTests {
 *
 *     &#64;MockitoBean
 *     Atlas atlas;
 *
 *     &#64;Test
 *     void findsZurich(&#64;RpcClient("places") PlacesBlockingStub places) { ... }
 *
 * }
 * </pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(RpcTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(RpcTestTypeExcludeFilter.class)
@Import(RpcTestAutoConfigurations.class)
public @interface RpcTest {

    /**
     * As {@link #services()}.
     * @return the classes of the beans
     */
    @AliasFor("services")
    Class<?>[] value() default {};

    /**
     * The classes of the beans whose services are tested: those marked
     * {@link io.rpcspring.RpcService}, not the generated ones.
     * @return none for a test of clients only
     */
    @AliasFor("value")
    Class<?>[] services() default {};

    /**
     * Properties of the environment, before all others.
     * @return as {@code key=value}
     */
    String[] properties() default {};

    /**
     * Which other scanned classes are kept.
     * @return filters beside those of the slice
     */
    ComponentScan.Filter[] includeFilters() default {};

    /**
     * Which scanned classes are left out all the same.
     * @return filters beside those of the slice
     */
    ComponentScan.Filter[] excludeFilters() default {};

}
