package io.rpcspring.console;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * The browser of the machine, if it has one; nothing is downloaded.
 *
 * @param browser the file that runs it
 * @param driver the file that drives it
 */
record Chromium(Path browser, Path driver) {

    /** What is missing, for a test that is skipped. */
    static final String ABSENT = "The page of the console is not tested: no chromium and chromedriver here (Debian: apt-get install chromium chromium-driver)";

    private static final String[] FOLDERS = { "/usr/bin", "/usr/local/bin", "/usr/lib/chromium", "/snap/bin" };

    static Optional<Chromium> ofThisMachine() {
        Optional<Path> driver = first("chromedriver");
        return first("chromium", "chromium-browser", "google-chrome")
            .flatMap((browser) -> driver.map((found) -> new Chromium(browser, found)));
    }

    private static Optional<Path> first(String... names) {
        return Stream.of(names)
            .flatMap((name) -> Stream.of(FOLDERS).map((folder) -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst();
    }

    ChromeDriver start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(this.browser.toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                "--hide-scrollbars", "--force-device-scale-factor=1", "--window-size=1440,900",
                "--disable-background-networking", "--disable-component-update", "--no-first-run",
                "--force-prefers-reduced-motion", "--disable-smooth-scrolling", "--disable-extensions");
        ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(this.driver.toFile())
            .usingAnyFreePort()
            .build();
        return new ChromeDriver(service, options);
    }

    /** Ends the browser, also if it does not listen any more. */
    static void quit(ChromeDriver driver) {
        List<ProcessHandle> processes = ProcessHandle.current()
            .descendants()
            .filter((process) -> process.info().command().orElse("").contains("chrom"))
            .toList();
        try {
            driver.quit();
        }
        finally {
            processes.forEach(ProcessHandle::destroyForcibly);
        }
    }

}
