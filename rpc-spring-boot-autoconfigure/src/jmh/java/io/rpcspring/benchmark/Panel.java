package io.rpcspring.benchmark;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One of several small plots in one picture.
 *
 * @param title what is shown
 * @param unit of the horizontal axis
 * @param width where that ends
 * @param height where the vertical axis ends
 * @param lines what is drawn
 */
record Panel(String title, String unit, double width, double height, List<Line> lines) {

    private static final String[] COLOURS = { "#2471a3", "#c0392b", "#1e8449" };

    private static final int W = 400;

    private static final int H = 200;

    private static final int MARGIN = 50;

    /** All of them, two beside each other. */
    static String svg(List<Panel> panels) {
        StringBuilder svg = new StringBuilder();
        line(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                + " font-size=\"12\">", 2 * (W + 2 * MARGIN), (panels.size() + 1) / 2 * (H + 3 * MARGIN));
        line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        for (int i = 0; i < panels.size(); i++) {
            line(svg, "<g transform=\"translate(%d %d)\">", i % 2 * (W + 2 * MARGIN), i / 2 * (H + 3 * MARGIN));
            panels.get(i).draw(svg);
            line(svg, "</g>");
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg) {
        line(svg, "<text x=\"%d\" y=\"30\" font-size=\"14\">%s</text>", MARGIN, this.title);
        for (int quarter = 0; quarter <= 4; quarter++) {
            double part = quarter / 4.0;
            double y = MARGIN + H * (1 - part);
            line(svg, "<path d=\"M%d %.0fH%d\" stroke=\"#ddd\"/>", MARGIN, y, MARGIN + W);
            line(svg, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%s</text>", MARGIN - 6, y + 4,
                    number(part * this.height));
            line(svg, "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%s</text>", MARGIN + W * part,
                    MARGIN + H + 18, number(part * this.width));
        }
        line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", MARGIN + W, MARGIN + H + 34, this.unit);
        for (int i = 0; i < this.lines.size(); i++) {
            Line drawn = this.lines.get(i);
            String colour = COLOURS[Math.floorMod(drawn.name().isEmpty() ? i - 1 : i, COLOURS.length)];
            line(svg, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                    drawn.points().stream().map(this::point).collect(Collectors.joining(" ")), colour);
            if (!drawn.name().isEmpty()) {
                line(svg, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>", MARGIN, MARGIN + H + 34 + 16 * i, colour,
                        drawn.name());
            }
        }
    }

    private static String number(double value) {
        return new DecimalFormat("#.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    private String point(double[] point) {
        return String.format(Locale.ROOT, "%.1f,%.1f", MARGIN + W * point[0] / this.width,
                MARGIN + H * (1 - point[1] / this.height));
    }

    private static void line(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    /**
     * A line with its name.
     *
     * @param name stands below the panel; empty for one that belongs to the line before
     * @param points from left to right
     */
    record Line(String name, List<double[]> points) {
    }

}
