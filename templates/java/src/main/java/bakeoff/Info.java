// Copied from templates/java/src/main/java/bakeoff/Info.java: change it there, then run node scripts/copy-templates.mjs.
package bakeoff;

import static java.lang.management.ManagementFactory.getGarbageCollectorMXBeans;
import static java.lang.management.ManagementFactory.getPlatformMXBean;
import static java.util.stream.Collectors.joining;

import io.helidon.common.Version;
import java.lang.management.MemoryManagerMXBean;
import java.util.Map;
import java.util.TreeMap;
import jdk.management.VirtualThreadSchedulerMXBean;

/** What this process believes about itself, the answer of GET /info. */
record Info(
        String language,
        String languageVersion,
        String architecture,
        String server,
        String framework,
        Map<String, String> versions,
        int cpus,
        int workers,
        Map<String, Integer> threads,
        Map<String, Integer> pools,
        boolean developmentServer,
        boolean debugBuild,
        Long heapLimitBytes,
        Map<String, Object> flags) {

    /**
     * Asks the runtime for every value.
     *
     * @param versions of the target's own libraries, by their names
     * @param threads  of the target's own, beside those that virtual threads run on
     */
    static Info describe(Map<String, String> versions, Map<String, Integer> threads, Map<String, Integer> pools) {
        var scheduler = getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        return new Info(
                "java",
                Runtime.version().version().stream().map(String::valueOf).collect(joining(".")),
                kernelArchitecture(),
                "Helidon WebServer",
                "Helidon SE",
                with(versions, "helidon", Version.VERSION),
                Runtime.getRuntime().availableProcessors(),
                1,
                with(threads, "carrier_threads", scheduler.getParallelism()),
                pools,
                false,
                System.getProperty("java.vm.version").contains("debug"),
                Runtime.getRuntime().maxMemory(),
                Map.of(
                        "vm", System.getProperty("java.vm.name"),
                        "collectors", getGarbageCollectorMXBeans().stream().map(MemoryManagerMXBean::getName).collect(joining(", "))));
    }

    /** The version of a library, by the name of the archive that the class was loaded from: name-version.jar. */
    static String versionOf(Class<?> ofLibrary) {
        var archive = ofLibrary.getProtectionDomain().getCodeSource().getLocation().getPath();
        return archive.substring(archive.lastIndexOf('-') + 1, archive.lastIndexOf('.'));
    }

    /** By the kernel's names. */
    private static String kernelArchitecture() {
        var name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static <V> Map<String, V> with(Map<String, V> own, String name, V value) {
        var all = new TreeMap<>(own);
        all.put(name, value);
        return all;
    }
}
