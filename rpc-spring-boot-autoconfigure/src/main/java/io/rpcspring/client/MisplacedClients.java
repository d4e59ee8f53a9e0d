package io.rpcspring.client;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

import io.rpcspring.RpcClient;
import io.rpcspring.RpcConfigurationException;

/**
 * Refuses {@link RpcClient} where Spring would pass over it: on static fields and
 * setters.
 */
final class MisplacedClients {

    /** Looked at once. */
    private final Set<Class<?>> fine = ConcurrentHashMap.newKeySet();

    /**
     * Looks at a class of a bean.
     * @throws RpcConfigurationException if a mark would do nothing
     */
    void refuseIn(Class<?> type) {
        if (!this.fine.contains(type) && AnnotationUtils.isCandidateClass(type, RpcClient.class)) {
            ReflectionUtils.doWithFields(type, MisplacedClients::refuse, MisplacedClients::isMisplaced);
            ReflectionUtils.doWithMethods(type, MisplacedClients::refuse, MisplacedClients::isMisplaced);
            this.fine.add(type);
        }
    }

    private static boolean isMisplaced(Member member) {
        return Modifier.isStatic(member.getModifiers()) && member instanceof AnnotatedElement marked
                && AnnotatedElementUtils.hasAnnotation(marked, RpcClient.class)
                && !AnnotatedElementUtils.hasAnnotation(marked, Bean.class);
    }

    private static void refuse(Member member) {
        String kind = (member instanceof Field) ? "field '" : "method '";
        throw new RpcConfigurationException(
                "@RpcClient on " + kind + member.getName() + "' of " + member.getDeclaringClass().getName()
                        + ", which is static: Spring injects nothing there.",
                "Remove static, or take the client as a parameter of the constructor.");
    }

}
