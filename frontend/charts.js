// What the dashboards draw with: ECharts, only the kinds of chart the house uses.
// Tooltips are drawn on the canvas (renderMode: 'richText'), since the content policy forbids style attributes.
import * as echarts from 'echarts/core';
import { BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart, TreemapChart } from 'echarts/charts';
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([
  BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart, TreemapChart,
  AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, MarkPointComponent,
  TooltipComponent, VisualMapComponent, LabelLayout, CanvasRenderer,
]);

export { echarts };
export const init = echarts.init;
