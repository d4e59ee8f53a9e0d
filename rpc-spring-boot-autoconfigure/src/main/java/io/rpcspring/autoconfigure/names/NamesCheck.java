package io.rpcspring.autoconfigure.names;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Stops the start if something below {@code rpc} is set that nothing reads.
 * <p>
 * Names in files and arguments must be known; others write into the environment, too, so
 * that there it is a warning. It comes before anything is bound.
 */
public final class NamesCheck implements BeanFactoryPostProcessor, PriorityOrdered {

    private static final Log logger = LogFactory.getLog(NamesCheck.class);

    private final ConfigurableEnvironment environment;

    /**
     * Creates the check.
     * @param environment has the property sources
     */
    public NamesCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        List<ConfiguredName> names = ConfiguredName.below(KnownNames.ROOT, this.environment);
        names.removeAll(ServiceLinks.hide(names, this.environment.getPropertySources()));
        if (!names.isEmpty()) {
            ClassLoader classLoader = factory.getBeanClassLoader();
            check(names, (classLoader != null) ? classLoader : NamesCheck.class.getClassLoader());
        }
    }

    private void check(List<ConfiguredName> names, ClassLoader classLoader) {
        KnownNames known = new KnownNames(classLoader);
        Findings findings = Findings.of(names, known.root());
        if (!findings.unknown().isEmpty()) {
            known.addOthers();
            findings = Findings.of(names, known.root());
        }
        if (known.areThere()) {
            new VariableWarnings(known.root(), this.environment, classLoader).in(findings).forEach(logger::warn);
            List<Problem> problems = new NameProblems(known.root()).in(findings);
            problems.addAll(new SettingProblems(this.environment, classLoader).in(findings));
            Problem.refuse(problems);
        }
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

}
