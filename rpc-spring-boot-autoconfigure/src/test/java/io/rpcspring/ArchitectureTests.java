package io.rpcspring;

import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dependency rules of docs/architecture.md.
 */
class ArchitectureTests {

    private static final String[] HOOKS = { "Authentication", "ConnectionDetails", "Customizer", "Mapper",
            "ThreadLocals" };

    private static final String VAGUE = ".*(Utils?|Helper|Manager|Impl|Info)|(Default|Abstract)[A-Z].*";

    private static final JavaClasses MAIN = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.rpcspring");

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices().matching("io.rpcspring.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void theApiKnowsNoneOfOurPackages() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("io.rpcspring")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rpcspring.*.."));
    }

    @Test
    void theApiShowsWhatApplicationsWriteAgainst() {
        check(ArchRuleDefinition.classes()
            .that()
            .resideInAPackage("io.rpcspring")
            .and()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .should()
            .haveNameMatching("io\\.rpcspring\\.(Rpc.*|MessageSender|MessageReceiver|MessageInbox|MessageOutbox)"));
    }

    @Test
    void serverAndClientDoNotKnowEachOther() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("io.rpcspring.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rpcspring.client.."));
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("io.rpcspring.client..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rpcspring.server.."));
    }

    @Test
    void nobodyKnowsTheGlue() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.autoconfigure..", "io.rpcspring.test..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.rpcspring.autoconfigure..", "io.rpcspring.test..",
                    "org.springframework.boot.autoconfigure.."));
    }

    @Test
    void poolsKnowNoSpring() {
        check(ArchRuleDefinition.classes()
            .that()
            .resideInAPackage("io.rpcspring.server.pool..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.rpcspring.server.pool..", "java..", "io.grpc..", "com.netflix.concurrency..",
                    "org.jspecify.."));
    }

    @Test
    void theCoreKnowsNoIntegration() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage("io.rpcspring", "io.rpcspring.server..", "io.rpcspring.client..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.rpcspring.propagation..", "io.rpcspring.validation..", "io.rpcspring.observation..",
                    "io.rpcspring.actuate..", "io.rpcspring.console.."));
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("io.rpcspring.client")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.rpcspring.client.*.."));
    }

    @Test
    void onlyDiscoveryKnowsSpringCloud() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.client.discovery..", "io.rpcspring.server.registration..",
                    "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.cloud.."));
    }

    @Test
    void onlyClientsOfReactiveLibrariesKnowReactor() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.client.discovery..", "io.rpcspring.client.security..",
                    "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("reactor.."));
    }

    @Test
    void onlyXdsKnowsGrpcXds() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.client.xds..", "io.rpcspring.server.xds..",
                    "io.rpcspring.server.load..", "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc.xds.."));
    }

    @Test
    void theCoreKnowsNoSecurity() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.server.security..", "io.rpcspring.client.security..",
                    "io.rpcspring.autoconfigure..", "io.rpcspring.test..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.rpcspring.server.security..", "io.rpcspring.client.security..",
                    "org.springframework.security.."));
    }

    @Test
    void onlyValidationKnowsProtovalidate() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.validation..", "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("build.buf..", "com.google.re2j.."));
    }

    @Test
    void onlyPropagationAndObservationKnowTheLibrariesOfThreadLocals() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.propagation..", "io.rpcspring.observation..",
                    "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.slf4j..", "io.micrometer.context.."));
    }

    @Test
    void onlyObservationKnowsMicrometer() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.observation..", "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer.core..", "io.micrometer.observation..", "io.micrometer.common.."));
    }

    @Test
    void onlyActuateKnowsActuator() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.actuate..", "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.boot.actuate..", "org.springframework.boot.health.."));
    }

    @Test
    void nobodyKnowsTheIntegrationsOfTheServer() {
        for (String integration : List.of("load", "registration", "xds")) {
            String own = "io.rpcspring.server." + integration + "..";
            check(ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackages(own, "io.rpcspring.autoconfigure..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(own));
        }
    }

    @Test
    void theCoreKnowsNeitherSpringCloudNorXds() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage("io.rpcspring", "io.rpcspring.server", "io.rpcspring.server.call..",
                    "io.rpcspring.server.pool..", "io.rpcspring.server.error..", "io.rpcspring.server.handler..",
                    "io.rpcspring.server.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.cloud..", "com.netflix.appinfo..", "com.netflix.discovery..",
                    "io.grpc.xds..", "io.grpc.services.."));
    }

    @Test
    void onlyTheConsoleKnowsTheWeb() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackages("io.rpcspring.console..", "io.rpcspring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.servlet..", "org.springframework.web.socket..", "com.google.protobuf.util..",
                    "com.google.gson.."));
    }

    @Test
    void onlyThePlacesOfContainersKnowTheirLibraries() {
        check(ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage("io.rpcspring.test.container..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.testcontainers..", "org.springframework.boot.testcontainers..",
                    "org.springframework.boot.docker.."));
    }

    @Test
    void oneClassOfEachSideKnowsNetty() {
        DescribedPredicate<JavaClass> netty = DescribedPredicate.describe("know Netty",
                (type) -> type.getDirectDependenciesFromSelf()
                    .stream()
                    .anyMatch((to) -> to.getTargetClass().getPackageName().contains("netty")));
        assertThat(MAIN.that(netty)).extracting((type) -> type.getName().replaceFirst("\\$.*", ""))
            .containsOnly("io.rpcspring.server.transport.NettyTransport", "io.rpcspring.client.NettyChannels");
    }

    @Test
    void publicTypesBesideApiAndHooksAreFinal() {
        DescribedPredicate<JavaClass> hook = DescribedPredicate.describe("hooks", (type) -> type.isAnnotation()
                || (type.isInterface() && Stream.of(HOOKS).anyMatch(type.getSimpleName()::endsWith)));
        check(ArchRuleDefinition.classes()
            .that()
            .resideInAPackage("io.rpcspring.*..")
            .and()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .and(DescribedPredicate.not(hook))
            .should()
            .haveModifier(JavaModifier.FINAL));
    }

    @Test
    void autoConfigurationsAreFinalWithoutPublicMembers() {
        check(ArchRuleDefinition.classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .haveModifier(JavaModifier.FINAL));
        check(ArchRuleDefinition.methods()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .notBePublic());
    }

    @Test
    void postProcessorBeanMethodsAreStatic() {
        check(ArchRuleDefinition.methods()
            .that()
            .haveRawReturnType(DescribedPredicate.describe("post-processor",
                    (type) -> type.isAssignableTo(BeanPostProcessor.class)
                            || type.isAssignableTo(BeanFactoryPostProcessor.class)))
            .should()
            .beStatic());
    }

    @Test
    void namesSayWhatTypesAreFor() {
        check(ArchRuleDefinition.noClasses()
            .should(ArchConditions.be(DescribedPredicate.describe("vaguely named",
                    (JavaClass type) -> type.getSimpleName().matches(VAGUE)))));
    }

    @Test
    void everyPackageIsNullMarked() {
        check(ArchRuleDefinition.classes().should(new ArchCondition<>("reside in a @NullMarked package") {

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
            }

        }));
    }

    private static void check(ArchRule rule) {
        rule.check(MAIN);
    }

}
