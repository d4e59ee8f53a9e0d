package io.rpcspring.test;
public class LeakProbe {
  public static void main(String[] a) throws Exception {
    var m = RpcTestContextsTests.class.getDeclaredMethod("usedClassLoader"); m.setAccessible(true);
    var ref = (java.lang.ref.WeakReference<ClassLoader>) m.invoke(null);
    for (int i = 0; i < 10 && ref.get() != null; i++) { System.gc(); Thread.sleep(500); }
    System.out.println("LEFT " + ref.get());
    for (Thread t : Thread.getAllStackTraces().keySet()) System.out.println("T " + t.getName() + " " + t.getContextClassLoader());
    if (ref.get() != null) {
      var hot = java.lang.management.ManagementFactory.newPlatformMXBeanProxy(java.lang.management.ManagementFactory.getPlatformMBeanServer(), "com.sun.management:type=HotSpotDiagnostic", com.sun.management.HotSpotDiagnosticMXBean.class);
      new java.io.File("/tmp/h/inproc.hprof").delete();
      hot.dumpHeap("/tmp/h/inproc.hprof", true);
    }
    System.exit(0);
  }
}
