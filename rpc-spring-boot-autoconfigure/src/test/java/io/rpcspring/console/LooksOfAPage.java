package io.rpcspring.console;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;

import io.rpcspring.client.RpcChannels;
import io.rpcspring.console.BookedTrips.Load;
import io.rpcspring.server.RpcServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The board under load, small screens, words for screen readers, and the picture for the
 * README.
 */
@ExtendWith(PageVisits.class)
class LooksOfAPage {

    private static final String FIND = "places.v1.Places/Find";

    private static final Dimension DESK = new Dimension(1440, 900);

    private static final int MOST_BYTES = 150_000;

    @Test
    void boardShowsWhatRunsAndWhatWaits(Visitor visitor, BookedTrips trips, RpcChannels channels, RpcServer server) {
        try (Load load = trips.load(channels, 5)) {
            visitor.visit(FIND);
            visitor.awaitText(".pool", "2 of 2");
            visitor.awaitText(".pool", "3 of 16");
            visitor.awaitText(".live-calls", "waiting");
            assertThat(visitor.texts(".live-call")).hasSameSizeAs(load.calls());
            assertThat(visitor.texts(".channel strong, .channel .target, .channel .state")).containsExactly("places",
                    "READY", "localhost:" + server.port());
        }
        visitor.awaitText(".live-calls", "No call is running.");
    }

    @ParameterizedTest
    @ValueSource(ints = { 390, 1024 })
    void nothingIsWiderThanTheScreen(int width, Visitor visitor) {
        try {
            visitor.driver().manage().window().setSize(new Dimension(width, 844));
            for (String pane : List.of("request", "methods", "response", "board")) {
                visitor.visit("bookings.v1.Bookings/Book");
                visitor.run("document.body.dataset.pane = arguments[0]", pane);
                assertThat(visitor
                    .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")).as(pane)
                    .isEqualTo(0L);
                assertThat(visitor.run("return [...document.querySelectorAll('button, input, select, textarea, h1')]"
                        + ".filter((e) => e.checkVisibility() && !e.closest('.off-screen, .scroll, .skip') && !e.matches('.off-screen, .skip')"
                        + " && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 120)).join()"))
                    .as(pane)
                    .isEqualTo("");
            }
        }
        finally {
            visitor.driver().manage().window().setSize(DESK);
        }
    }

    /** By label, text or title; an icon says nothing. */
    @Test
    void eachControlHasAName(Visitor visitor) {
        visitor.visit("bookings.v1.Bookings/Book");
        visitor.click("[aria-label='Templates and layout']");
        visitor.click(".menu-item");
        await().until(() -> visitor.json().contains("\"passengers\": [\n"));
        assertThat(visitor
            .run("return [...document.querySelectorAll('button, input, select, textarea, summary, [role=meter]')]"
                    + ".filter((e) => e.checkVisibility() && !e.matches('[aria-hidden=true]') && !(e.ariaLabel || e.innerText?.trim() || e.textContent?.trim()"
                    + " || [...(e.labels ?? [])].some((l) => l.textContent.trim()))).map((e) => e.outerHTML.slice(0, 200)).join('\\n')"))
            .isEqualTo("");
    }

    /**
     * Written where the README has it if asked:
     * {@code -Dconsole.picture=../docs/console.png}.
     */
    @Test
    void pictureForTheReadmeIsSmall(Visitor visitor, BookedTrips trips, RpcChannels channels) throws IOException {
        try (Load load = trips.load(channels, 3)) {
            visitor.driver().manage().window().setSize(new Dimension(1440, 1000));
            visitor.visit("places.v1.Places/Notes");
            visitor.run("document.getElementById('theme').click(); document.getElementById('theme').click()");
            visitor.fill("place", "Zurich");
            for (String text : List.of("Fondue at eight", "Who brings the bread", "I do")) {
                visitor.fill("text", text);
                visitor.send();
                visitor.awaitText(".messages", text + "!");
            }
            visitor.click(".message:last-child .message-head");
            visitor.awaitText(".live-calls", "Notes");
            BufferedImage picture = plain(visitor.driver().getScreenshotAs(OutputType.BYTES));
            visitor.click("#cancel");
            visitor.awaitStatus("CANCELLED");
            assertThat(load.calls()).noneMatch(Future::isDone);
            byte[] png = compress(picture);
            assertThat(png.length).isBetween(MOST_BYTES / 10, MOST_BYTES);
            keep(png);
        }
        finally {
            visitor.driver().manage().window().setSize(DESK);
        }
    }

    /** Without what nobody sees: transparency, and the last bits of colours. */
    private static BufferedImage plain(byte[] png) throws IOException {
        BufferedImage shot = ImageIO.read(new ByteArrayInputStream(png));
        BufferedImage picture = new BufferedImage(shot.getWidth(), shot.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < shot.getHeight(); y++) {
            for (int x = 0; x < shot.getWidth(); x++) {
                picture.setRGB(x, y, shot.getRGB(x, y) & 0xFCFCFC);
            }
        }
        return picture;
    }

    /** As small as can be: browsers compress quickly instead. */
    private static byte[] compress(BufferedImage picture) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(png)) {
            writer.setOutput(out);
            ImageWriteParam smallest = writer.getDefaultWriteParam();
            smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            smallest.setCompressionQuality(0);
            writer.write(null, new IIOImage(picture, null, null), smallest);
        }
        finally {
            writer.dispose();
        }
        return png.toByteArray();
    }

    private static void keep(byte[] png) throws IOException {
        String place = System.getProperty("console.picture");
        if (place != null) {
            Files.write(Path.of(place), png);
        }
    }

}
