// Turns <div data-chart="JSON"> into an ECharts picture.
// Tooltips are drawn on the canvas: the content policy allows no inline styles.
(() => {
  const { $$, onContent } = window.Orderwell;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = new Set();

  const compact = (value) => {
    const zh = document.documentElement.lang.startsWith("zh");
    return new Intl.NumberFormat(zh ? "zh-CN" : "en", { notation: "compact", maximumFractionDigits: 1 }).format(value);
  };
  // The exact texts that the server wrote, as in the table beside the chart.
  const said = (data) => (items) =>
    [
      data.labels[items[0].dataIndex],
      ...items.map((item) => `${item.seriesName}: ${data.series[item.seriesIndex].texts[item.dataIndex]}`),
    ].join("\n");

  const shared = (data) => ({
    textStyle: { fontFamily: colour("--tblr-font-sans-serif"), color: colour("--tblr-secondary-color") },
    color: [colour("--tblr-primary"), "#d9822b", "#4c78c8", "#8a63b8", "#c2506b"],
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 250,
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      axisPointer: { type: "shadow", shadowStyle: { opacity: 0.12 } },
      backgroundColor: colour("--tblr-bg-surface"),
      borderColor: colour("--ow-line"),
      borderWidth: 1,
      textStyle: { color: colour("--tblr-body-color"), fontSize: 12 },
      confine: true,
      formatter: said(data),
    },
  });
  const line = () => ({ lineStyle: { color: colour("--ow-line") } });
  const words = () => ({ color: colour("--tblr-secondary-color"), fontSize: 11 });

  const seriesOption = (data) => {
    const kinds = data.series.map((one) => one.type);
    const twoAxes = data.series.length > 1 && new Set(kinds).size > 1;
    // Between one piece and the next lies no half.
    const whole = (right) =>
      data.series.filter((one) => right === (one.type !== kinds[0])).every((one) => one.values.every(Number.isInteger));
    const axis = (right) => ({
      type: "value",
      name: data.series.find((one) => right === (one.type !== kinds[0]))?.unit,
      nameTextStyle: { ...words(), align: right ? "right" : "left" },
      nameGap: 8,
      splitLine: { show: !right, ...line() },
      axisLabel: { ...words(), formatter: compact },
      minInterval: whole(right) ? 1 : 0,
      splitNumber: 4,
    });
    return {
      ...shared(data),
      grid: {
        left: 4,
        right: 4,
        top: (data.series.length > 1 ? 30 : 12) + (data.series.some((one) => one.unit) ? 18 : 0),
        bottom: 2,
        containLabel: true,
      },
      legend:
        data.series.length > 1
          ? { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: words() }
          : undefined,
      xAxis: {
        type: "category",
        data: data.labels,
        axisLine: line(),
        axisTick: { show: false },
        axisLabel: { ...words(), hideOverlap: true },
      },
      yAxis: twoAxes ? [axis(false), axis(true)] : axis(false),
      series: data.series.map((one) => ({
        type: one.type,
        name: one.name,
        data: one.values,
        yAxisIndex: twoAxes && one.type !== kinds[0] ? 1 : 0,
        barMaxWidth: 28,
        itemStyle: {
          ...(one.type === "bar" ? { borderRadius: [2, 2, 0, 0] } : {}),
          ...(one.quiet ? { color: colour("--tblr-secondary"), opacity: 0.45 } : {}),
        },
        symbol: data.labels.length > 40 ? "none" : "circle",
        symbolSize: 5,
        lineStyle: one.quiet ? { width: 2, type: "dashed", color: colour("--tblr-secondary") } : { width: 2 },
        cursor: data.links.length ? "pointer" : "default",
      })),
    };
  };

  const rankingOption = (data) => ({
    ...shared(data),
    // The values stand behind the bars: as much room as the longest of them takes.
    grid: {
      left: 4,
      right: 14 + 6.5 * Math.max(...data.series[0].texts.map((text) => text.length), 0),
      top: 4,
      bottom: 2,
      containLabel: true,
    },
    xAxis: { type: "value", splitLine: { show: false }, axisLabel: { show: false } },
    yAxis: {
      type: "category",
      data: data.labels,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...words(), width: 130, overflow: "truncate" },
    },
    series: [
      {
        type: "bar",
        name: data.series[0].name,
        data: data.series[0].values,
        barMaxWidth: 14,
        itemStyle: { borderRadius: [0, 2, 2, 0] },
        label: { show: true, position: "right", formatter: (bar) => data.series[0].texts[bar.dataIndex], ...words() },
        cursor: data.links.length ? "pointer" : "default",
      },
    ],
  });

  const draw = (element) => {
    if (!window.echarts) return;
    const data = JSON.parse(element.dataset.chart);
    const chart =
      window.echarts.getInstanceByDom(element) || window.echarts.init(element, null, { renderer: "canvas" });
    chart.setOption(data.kind === "ranking" ? rankingOption(data) : seriesOption(data), true);
    chart.off("click");
    chart.on("click", (event) => {
      const link = data.links[event.dataIndex];
      if (link) location.assign(link);
    });
    if (!drawn.has(element)) {
      drawn.add(element);
      new ResizeObserver(() => {
        if (element.isConnected) chart.resize();
      }).observe(element);
    }
  };
  onContent((root) => $$("[data-chart]", root).forEach(draw));
  const redraw = () =>
    drawn.forEach((element) => {
      if (element.isConnected) draw(element);
      else drawn.delete(element);
    });
  document.addEventListener("orderwell:theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(redraw));
})();
