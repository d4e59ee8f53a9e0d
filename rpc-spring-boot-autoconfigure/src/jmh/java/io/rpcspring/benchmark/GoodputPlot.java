package io.rpcspring.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Draws what is answered in time against what is offered.
 *
 * @param capacity what can be done in a second
 * @param lines the points of each server
 */
record GoodputPlot(double capacity, Map<String, List<Point>> lines) {

    private static final String[] COLOURS = { "#c0392b", "#d68910", "#2471a3", "#1e8449", "#6c3483" };

    private static final int WIDTH = 640;

    private static final int HEIGHT = 320;

    private static final int MARGIN = 50;

    String svg() {
        StringBuilder svg = new StringBuilder();
        line(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                + " font-size=\"12\">", WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN + 20 * this.lines.size());
        line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        axes(svg);
        int number = 0;
        for (Map.Entry<String, List<Point>> entry : this.lines.entrySet()) {
            String colour = COLOURS[number % COLOURS.length];
            String points = entry.getValue()
                .stream()
                .map((point) -> String.format(Locale.ROOT, "%.0f,%.0f", x(point.offered()), y(point.goodput())))
                .collect(Collectors.joining(" "));
            line(svg, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"/>", points, colour);
            int legend = HEIGHT + 2 * MARGIN + 20 * number;
            line(svg, "<rect x=\"%d\" y=\"%d\" width=\"24\" height=\"4\" fill=\"%s\"/>", MARGIN, legend - 6, colour);
            line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", MARGIN + 32, legend, entry.getKey());
            number++;
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg) {
        for (int times = 0; times <= 3; times++) {
            double load = times * this.capacity;
            line(svg, "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>", x(load), HEIGHT + MARGIN + 18,
                    load);
        }
        for (int quarter = 0; quarter <= 4; quarter++) {
            double goodput = quarter * this.capacity / 4;
            line(svg, "<path d=\"M%d %.0fH%d\" stroke=\"#ddd\"/>", MARGIN, y(goodput), MARGIN + WIDTH);
            line(svg, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%.0f</text>", MARGIN - 6, y(goodput) + 4, goodput);
        }
        line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">calls offered a second</text>", MARGIN + WIDTH,
                HEIGHT + MARGIN + 34);
        line(svg, "<text x=\"%d\" y=\"%d\">calls answered in time a second</text>", 8, MARGIN - 20);
    }

    private double x(double offered) {
        return MARGIN + WIDTH * offered / (3 * this.capacity);
    }

    private double y(double goodput) {
        return MARGIN + HEIGHT * (1 - goodput / (1.1 * this.capacity));
    }

    private static void line(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    /**
     * How one server did under one load.
     *
     * @param offered calls offered in a second
     * @param goodput calls answered in time in a second
     */
    record Point(double offered, double goodput) {
    }

}
