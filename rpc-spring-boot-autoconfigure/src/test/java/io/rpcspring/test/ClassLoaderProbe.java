package io.rpcspring.test;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;

import org.springframework.context.ConfigurableApplicationContext;

import io.rpcspring.test.RpcTestContextsTests.Trip;

/**
 * Finds out, in a process of its own, whether anything holds the class loader of a
 * context that is closed.
 */
public final class ClassLoaderProbe {

    static final String GONE = "The class loader is gone";

    private ClassLoaderProbe() {
    }

    public static void main(String[] args) {
        // What the JVM keeps for ever after the first context has another class loader.
        call(ClassLoaderProbe.class.getClassLoader());
        WeakReference<ClassLoader> used = use();
        for (int i = 0; i < 1000 && used.get() != null; i++) {
            System.gc();
        }
        System.out.println((used.get() == null) ? GONE : "The class loader is left");
    }

    private static WeakReference<ClassLoader> use() {
        ClassLoader loader = new URLClassLoader(new URL[0], ClassLoaderProbe.class.getClassLoader());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            call(loader);
        }
        finally {
            thread.setContextClassLoader(before);
        }
        return new WeakReference<>(loader);
    }

    private static void call(ClassLoader loader) {
        try (ConfigurableApplicationContext context = RpcTestContextsTests.start(loader)) {
            context.getBean(Trip.class).places().find(RpcTestContextsTests.ZURICH);
            context.getBean(Trip.class).clock().timeAt(RpcTestContextsTests.ZURICH);
        }
    }

}
