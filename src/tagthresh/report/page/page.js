// Made of scripts/ by `npm run build`; do not edit.
var Wt={u1:Uint8Array,u2:Uint16Array,u4:Uint32Array,f4:Float32Array,f8:Float64Array};function H(o){return Array.isArray(
o)||o===null||typeof o!="object"?o:"type"in o&&"data"in o?Bt(o):Object.fromEntries(Object.entries(o).map(([t,e])=>[t,H(e)]))}
function Bt({type:o,data:t}){let e=Uint8Array.from(atob(t),s=>s.charCodeAt(0));return new Wt[o](e.buffer)}function wt(o){
let{thresholds:t,starts:e,gains:s,...i}=JSON.parse(o),n=new Map(Object.entries(s).map(([r,a])=>[r,H(a)]));return{...H(i),
starts:e.map(H),gains:n,thresholds:t}}var Ht="http://www.w3.org/2000/svg";function z(o,t){for(let[e,s]of Object.entries(t))e.startsWith("on")?o.addEventListener(
e.slice(2),s):s===!0?o.setAttribute(e,""):s!==!1&&s!==null&&o.setAttribute(e,s);return o}function c(o,t={},...e){let s=z(
document.createElement(o),t);return s.append(...e),s}function g(o,t={},...e){let s=z(document.createElementNS(Ht,o),t);return s.
append(...e),s}var p=o=>document.getElementById(o),E=o=>p(o),k=o=>p(o),at=o=>p(o),$=(o,t)=>c("data",{value:String(o)},t);
function bt(o,t,e){o.value=String(t),o.textContent=e}var R=(o,t,e,s={})=>c("div",s,c("dt",{},o),c("dd",{},t,c("small",{},
e))),vt;function x(o){clearTimeout(vt),p("said").textContent=o,vt=setTimeout(()=>p("said").replaceChildren(),1e4)}function D(o,t,e){
let s=URL.createObjectURL(new Blob([e],{type:t}));c("a",{href:s,download:o}).click()}var m=(o,t=1)=>(100*o).toFixed(t),N=(o,t)=>t>0?`${m(o)} %`:"–";function T(o,t=1){let e=o.toFixed(t);return Number(e)===
0?0 .toFixed(t):o>0?`+${e}`:e.replace("-","−")}function A(o){if(!Number.isFinite(o))return"never";if(o===0)return"0";let t=Math.
abs(o);return t<1e-4||t>=1e6?o.toExponential(2):Number(o.toPrecision(4)).toString()}var M=o=>Number.isInteger(o)?o.toLocaleString(
"en"):o.toPrecision(4),w=(o,t)=>`${o.toLocaleString("en")} ${t}${o===1?"":"s"}`,_=o=>o.replace(/^f(.*)_(\w+)$/,"$2-F$1");
function q(o){let t=o.trim().replace(",",".").replace("−","-");return t!==""&&Number.isFinite(Number(t))?Number(t):null}var C=class{constructor(t,{height:e,draw:s,label:i}){this.box=t,this.height=e,this.draw=s,this.label=i,this.svg=g("svg",
{role:"img",height:e}),t.append(this.svg),new ResizeObserver(()=>this.redraw()).observe(t)}redraw(){let t=Math.floor(this.
box.clientWidth);t!==0&&(zt(this.svg,t,this.height),this.svg.setAttribute("aria-label",this.label()),this.svg.replaceChildren(),
this.draw(this.svg,t,this.height))}};function zt(o,t,e){o.setAttribute("width",String(t)),o.setAttribute("viewBox",`0 0 ${t}\
 ${e}`)}function b(o,t,e,s){let i=n=>e+(n-o)/(t-o||1)*(s-e);return i.invert=n=>o+(n-e)/(s-e||1)*(t-o),i}var U=(o,t,e)=>Math.
min(Math.max(o,t),e);function F(o,{x:t,y:e,xTicks:s,yTicks:i,xTitle:n="",yTitle:r=""},a){let{left:h,right:l,top:d,bottom:u}=a;
for(let[f,v]of i)o.append(g("line",{class:"grid",x1:h,x2:l,y1:e(f),y2:e(f)}),g("text",{x:h-6,y:e(f)+4,"text-anchor":"end"},
v));for(let[f,v]of s)o.append(g("line",{class:"grid",x1:t(f),x2:t(f),y1:u,y2:u+4}),g("text",{x:t(f),y:u+17,"text-anchor":"\
middle"},v));o.append(g("line",{class:"axis",x1:h,x2:l,y1:u,y2:u}),g("text",{x:l,y:u+33,"text-anchor":"end",class:"title"},
n),g("text",{x:0,y:d-14,class:"title"},r))}var L=o=>o.map(([t,e],s)=>`${s?"L":"M"}${t.toFixed(1)} ${e.toFixed(1)}`).join(
""),S=[0,.25,.5,.75,1].map(o=>[o,m(o,0)]);function G(o,{moved:t,done:e}){o.addEventListener("pointerdown",s=>{if(s.button!==
0)return;o.setPointerCapture(s.pointerId);let i=!1,n=h=>{i=!0;let{left:l,top:d}=o.getBoundingClientRect();t(h.clientX-l,
h.clientY-d)},r=h=>{(i||Math.abs(h.clientX-s.clientX)>8)&&n(h)},a=h=>{o.removeEventListener("pointermove",r),!i&&h.type===
"pointerup"&&n(h),i&&e()};s.pointerType!=="touch"&&n(s),o.addEventListener("pointermove",r),o.addEventListener("pointeru\
p",a,{once:!0}),o.addEventListener("pointercancel",a,{once:!0})})}var Z=class{constructor({log_odds:t,low:e,high:s},i){this.
logOdds=t,this.low=e[i],this.high=s[i]}place(t){let e=this.logOdds?Math.log(t/(1-t)):t;return Number.isNaN(e)?this.high:
U(e,this.low,this.high)}score(t){return this.logOdds?1/(1+Math.exp(-t)):t}ticks(t){let e=this.logOdds?[1e-6,1e-5,1e-4,.001,
.01,.03,.1,.3,.5,.7,.9,.97,.99,.999,.9999]:j(this.low,this.high),s=[];for(let i of e){let n=this.logOdds?Math.log(i/(1-i)):
i;n<this.low||n>this.high||s.length&&n-s[s.length-1][0]<t||s.push([n,i<.001?i.toExponential(0):String(i)])}return s}};function j(o,t){
let e=(t-o)/5,s=10**Math.floor(Math.log10(e)),i=[1,2,5,10].map(a=>a*s).find(a=>a>=e)??e,n=Math.ceil(o/i-1e-9),r=Math.floor(
t/i+1e-9)-n+1;return Array.from({length:Math.max(r,0)},(a,h)=>Number(((n+h)*i).toPrecision(6)))}var xt=["M-5 0L0 -5L5 0L0 5Z","M-4 -4H4V4H-4Z","M0 -5L5 4H-5Z","M0 5L5 -4H-5Z","M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z"],ht={
recall:[0,1],precision:[0,1]},Dt=.8,kt=(o,t,e)=>g("path",{class:"start",d:xt[o%xt.length],transform:`translate(${t} ${e}\
)`}),_t=o=>g("svg",{width:14,height:14,"aria-hidden":"true"},kt(o,7,7)),yt=({precision:o,recall:t})=>2*o*t/(o+t)||0,$t=({
recall:o,precision:t},e)=>e.recall>=o[0]&&e.recall<=o[1]&&e.precision>=t[0]&&e.precision<=t[1];function qt(o){let t=e=>{
let s=o.map(r=>r[e]),[i,n]=[Math.min(...s),Math.max(...s)];return[U(Math.floor(20*i-.2)/20,0,.9),U(Math.ceil(20*n+.2)/20,
.1,1)]};return{recall:t("recall"),precision:t("precision")}}var K=class{constructor(t,{moved:e,done:s}){this.model=t,this.
moved=e,this.done=s,this.vertices=t.vertices,this.x=this.y=b(0,1,0,1),this.view=this.zoomed(),this.follows=!1,this.handle=
g("circle",{class:"handle",r:9,tabindex:0,role:"slider","aria-label":"Operating point on the frontier","aria-valuemin":1,
"aria-valuemax":this.vertices.length-1,onkeydown:n=>this.key(n)}),this.chart=new C(p("frontier"),{height:340,draw:(n,r,a)=>this.
draw(n,r,a),label:()=>this.words()});let{svg:i}=this.chart;i.setAttribute("role","group"),i.classList.add("drag"),this.marks=
t.starts.map(({name:n},r)=>c("li",{},_t(r),n)),p("marks").append(...this.marks),p("zoom").addEventListener("click",()=>this.
toggleZoom()),G(i,{moved:(n,r)=>{this.follows=!0,this.go(this.nearest(n,r))},done:()=>this.release()})}zoomed(){let t=this.
model.starts.map(({totals:n})=>n),e=[...this.vertices,...t],s=e.reduce((n,r)=>Math.max(n,yt(r)),0),i=e.filter(n=>yt(n)>=
Dt*s&&s>0);return i.length?qt([...i,this.model.totals()]):ht}toggleZoom(){let t=this.view!==ht;this.view=t?ht:this.zoomed(),
p("zoom").textContent=t?"Zoom in":"Show the whole range",this.chart.redraw()}words(){return`Precision against recall in \
percent, all tags together. Now ${this.nowText()}.`}nowText(){let t=this.model.totals();return`precision ${m(t.precision)}\
 %, recall ${m(t.recall)} %`}release(){this.follows=!1,this.done(),this.handle.focus({preventScroll:!0})}go(t){this.moved(
this.model.placesAt(U(t,1,this.vertices.length-1)))}nearest(t,e){let s=({recall:n,precision:r})=>Math.hypot(this.x(n)-t,
this.y(r)-e),i=1;for(let n=2;n<this.vertices.length;n+=1)s(this.vertices[n])<s(this.vertices[i])&&(i=n);return i}present(){
let{recall:t}=this.model.totals(),e=this.vertices.findIndex(s=>s.recall>=t-1e-12);return e<1?this.vertices.length-1:e}key(t){
let e=Math.max(1,Math.round(this.vertices.length/200)),s=this.present(),i={ArrowRight:s+e,ArrowUp:s+e,ArrowLeft:s-e,ArrowDown:s-
e,PageUp:s+10*e,PageDown:s-10*e,Home:1,End:this.vertices.length-1};t.key in i&&(t.preventDefault(),this.go(i[t.key]),this.
done())}draw(t,e,s){let i={left:36,right:e-14,top:30,bottom:s-40},{recall:n,precision:r}=this.view;this.x=b(...n,i.left,
i.right),this.y=b(...r,i.bottom,i.top),F(t,{x:this.x,y:this.y,xTicks:j(...n).map(l=>[l,m(l,0)]),yTicks:j(...r).map(l=>[l,
m(l,0)]),xTitle:"recall in %",yTitle:"precision in %"},i);let a={x:i.left,y:i.top,width:i.right-i.left,height:i.bottom-i.
top},h=this.vertices.slice(1).map(l=>[this.x(l.recall),this.y(l.precision)]);t.append(g("clipPath",{id:"frontier-view"},
g("rect",a)),g("g",{"clip-path":"url(#frontier-view)"},...this.equalF1()),...this.equalF1Names(),g("g",{"clip-path":"url\
(#frontier-view)"},g("path",{class:"frontier",d:L(h)}))),this.model.starts.forEach(({name:l,totals:d},u)=>{let f=$t(this.
view,d);this.marks[u].lastChild?.replaceWith(f?l:`${l} (outside the picture)`),f&&t.append(kt(u,this.x(d.recall),this.y(
d.precision)))}),t.append(this.handle),this.placeHandle()}place(){let t=this.model.totals();!this.follows&&!$t(this.view,
t)?(this.view=this.zoomed(),this.chart.redraw()):this.placeHandle()}placeHandle(){let t=this.model.totals();z(this.handle,
{cx:this.x(t.recall),cy:this.y(t.precision),"aria-valuenow":this.present(),"aria-valuetext":this.nowText()}),this.chart.
svg.setAttribute("aria-label",this.words())}levels(){let{recall:t,precision:e}=this.view,s=i=>2*t[i]*e[i]/(t[i]+e[i])||0;
return j(s(0),s(1)).filter(i=>i>s(0)&&i<s(1))}equalF1(){return this.levels().map(t=>{let e=[];for(let s=t/(2-t);s<=1.0001;s+=
.01){let i=t*s/(2*s-t);e.push([this.x(Math.min(s,1)),this.y(Math.min(i,1))])}return g("path",{class:"equal",d:L(e)})})}equalF1Names(){
let{recall:t,precision:e}=this.view;return this.levels().map(s=>{let i=s*t[1]/(2*t[1]-s),n=i>=e[0],r=s*e[0]/(2*e[0]-s),[
a,h]=n?[t[1],i]:[r,e[0]];return g("text",{class:"faint",x:this.x(a)-2,y:this.y(h)-4,"text-anchor":"end"},`F1 ${m(s,0)} %`)})}};function ct(o){let[t,e,{changed:s}]=[o.totals(),o.starts[0].totals,o],i=(r,a)=>n(r,a,$(t[a],N(t[a],a==="precision"?t.accepted:
1)),`${T(100*(t[a]-e[a]))} points`),n=(r,a,h,l)=>R(r,h,s?l:"as chosen",{"data-figure":a});p("figures").replaceChildren(i(
_(o.content.metric.name),"metric"),i("Precision","precision"),i("Recall","recall"),n(`Tags ${o.perWhat}`,"perClip",$(t.perClip,
t.perClip.toFixed(2)),T(t.perClip-e.perClip,2)),n("Tags changed","changed",$(s,String(s)),`of ${o.n}`)),E("undo").disabled=
!o.canUndo&&!s,E("redo").disabled=!o.canRedo,E("reset").disabled=s===0}var J=class{constructor(t,e){this.model=t,p("fitt\
ed").textContent=this.fitted();let s=[_(t.content.metric.name),"95 % interval","Macro","Precision","Recall",`Tags ${t.perWhat}`,
c("span",{class:"unseen"},"Use")].map(a=>c("th",{scope:"col"},a)),i=c("th",{scope:"col",class:"name"},"Thresholds"),n=c(
"tbody");p("compared").append(c("thead",{},c("tr",{},i,...s)),n),this.now=c("tr",{class:"present"});let r=t.starts.map(a=>{
let h=c("button",{type:"button","aria-label":`Use ${a.name}`,onclick:()=>e(a)},"Use");return c("tr",{},...this.cells(a.name,
a.totals,Zt(a),h))});n.append(...r,this.now),this.draw()}fitted(){let{thresholds:t,expected:e,clips:s,share:i,same_clips:n}=this.
model.content,{metric:r,method:a,score:h}=t;if(!r||!a||h===void 0)return`Judged on ${w(s,"clip")}. tagthresh did not fit\
 these thresholds.`;let l=f=>i?`${m(f)} %`:f.toPrecision(4),d=w(t.clips??0,"training clip"),u=[`The method ${a.name.replaceAll(
"_"," ")} chose these thresholds for ${_(r)} on ${d}, where they reach ${l(h)}.`];return e&&u.push(`On new clips, expect\
 ${l(e.score)} (cross-fitted, 95 % interval ${l(e.low)} to ${l(e.high)}).`),n&&u.push("They were fitted on these very cl\
ips, so expect less on new ones."),[...u,`The table is about the ${w(s,"clip")} on this page, in %.`].join(" ")}draw(){let{
changed:t}=this.model,e=t?`${w(t,"tag")} changed`:"as chosen";this.now.replaceChildren(...this.cells("now",this.model.totals(),
[c("small",{},e)],""))}cells(t,e,s,i){let n=(r,a)=>$(r,N(r,a).replace(" %",""));return[c("th",{scope:"row",class:"name"},
t),c("td",{},$(e.metric,m(e.metric))),c("td",{},...s),c("td",{},n(e.macro,1)),c("td",{},n(e.precision,e.accepted)),c("td",
{},n(e.recall,1)),c("td",{},$(e.perClip,e.perClip.toFixed(2))),c("td",{},i)]}};function Zt({low:o,high:t,difference:e}){
let s=`${m(o)} to ${m(t)}`;if(e[0]===0)return[s];let[i,n,r]=e.map(a=>T(100*a));return[s,c("small",{},`${i} (${n} to ${r}\
)`)]}var Gt=[.9999999999998099,676.5203681218851,-1259.1392167224028,771.3234287776531,-176.6150291621406,12.507343278686905,
-.13857109526572012,9984369578019572e-21,15056327351493116e-23];function lt(o){let t=o+6.5,e=Gt.reduce((s,i,n)=>s+(n===0?
i:i/(o-1+n)),0);return .5*Math.log(2*Math.PI)+(o-.5)*Math.log(t)-t+Math.log(e)}function At(o,t,e){if(o<=0)return 0;if(o>=
1)return 1;if(o>(t+1)/(t+e+2))return 1-At(1-o,e,t);let s=t*Math.log(o)+e*Math.log1p(-o)+lt(t+e)-lt(t)-lt(e),i=h=>Math.abs(
h)<1e-300?1e-300:h,n=1,r=1/i(1-(t+e)*o/(t+1)),a=r;for(let h=1;h<1e3;h+=1){let l=h*(e-h)*o/((t+2*h-1)*(t+2*h)),d=-(t+h)*(t+
e+h)*o/((t+2*h)*(t+2*h+1)),u=1;for(let f of[l,d])r=1/i(1+f*r),n=i(1+f/n),u=n*r,a*=u;if(Math.abs(u-1)<1e-12)break}return Math.
exp(s)*a/t}function Tt(o,t,e){let[s,i]=[0,1];for(let n=0;n<40;n+=1){let r=(s+i)/2;At(r,t,e)<o?s=r:i=r}return(s+i)/2}function Ct(o,t){
if(!(t>0))return[0,1];let e=t-o;return[o>0?Tt(.025,o,e+1):0,e>0?Tt(1-.025,o+1,e):1]}var O=1e-12,y=(o,t)=>t>0?o/t:0,W=(o,t,e,s=1)=>y((1+s*s)*o,t+s*s*e),X=({accepted:o,positives:t})=>({precision:o,recall:t,
f1:o+t}),V=class{constructor(t){this.content=t,this.tags=t.tags,this.n=t.tags.length,this.positives=Ft(t.positives),this.
known=Ft(t.known),this.starts=t.starts.map(e=>{let s=Uint32Array.from(e.place);return{...e,place:s,totals:this.totals(s)}}),
this.own=this.starts[0].place,this.now=this.own.slice(),this.states=[this.own.slice()],this.at=0,this.tagOf=new Uint32Array(
t.stops.value.length);for(let e=0;e<this.n;e+=1)this.tagOf.fill(e,this.first(e),this.last(e)+1);this.vertices=this.frontier()}tp(t){
return this.content.stops.tp[t]}accepted(t){return this.content.stops.accepted[t]}value(t){return this.content.stops.value[t]}first(t){
return this.content.stops.offset[t]}last(t){return this.content.stops.offset[t+1]-1}tagFigures(t,e=this.now[t]){let[s,i]=[
this.tp(e),this.accepted(e)],n=this.content.positives[t];return{tp:s,accepted:i,positives:n,precision:y(s,i),recall:y(s,
n),f1:W(s,i,n)}}tagIntervals(t,e=this.now[t]){let{tp:s,accepted:i,positives:n}=this.tagFigures(t,e),r=y(this.content.effective[t],
this.content.known[t]),[a,h,l]=[i,n,i+n-s].map(d=>Ct(s*r,d*r));return{precision:a,recall:h,f1:l.map(d=>2*d/(1+d))}}gainInterval(t,e){
let s=this.content.gains.get(e.name);if(!s)return null;let i=this.isChanged(t)?"changed":s.verdict[t];return{low:s.low[t],
high:s.high[t],verdict:i}}totals(t=this.now){let{positives:e,metric:s}=this.content,[i,n,r,a]=[0,0,0,0];for(let l=0;l<this.
n;l+=1){let[d,u]=[this.tp(t[l]),this.accepted(t[l])],f=W(d,u,e[l],s.beta);i+=d,n+=u,r+=f/this.n,a+=f*e[l]}let h={micro:W(
i,n,this.positives,s.beta),macro:r,weighted:y(a,this.positives)};return{...this.vertex(i,n),...h,metric:h[s.average]}}get perWhat(){
return this.content.complete?"per clip":`per ${this.n} known labels`}vertex(t,e){return{tp:t,accepted:e,precision:y(t,e),
recall:y(t,this.positives),perClip:this.n*y(e,this.known)}}move(t,e){this.now[t]=e}moveAll(t){this.now.set(t)}commit(){Nt(
this.now,this.states[this.at])||(this.states.splice(this.at+1,1/0,this.now.slice()),this.at+=1)}undo(){Nt(this.now,this.
states[this.at])&&(this.at-=1),this.now.set(this.states[this.at])}redo(){this.at+=1,this.now.set(this.states[this.at])}get canUndo(){
return this.at>0}get canRedo(){return this.at<this.states.length-1}isChanged(t){return this.now[t]!==this.own[t]}get changed(){
return this.tags.reduce((t,e,s)=>t+Number(this.isChanged(s)),0)}nearest(t,e){let[s,i]=[this.first(t),this.last(t)];if(e>
this.content.highest[t])return i;let n=s;for(;n<i-1&&this.value(n)<e;)n+=1;return n===s||s===i||this.value(n)-e<e-this.value(
n-1)?n:n-1}frontier(){let t=this.never(),[e,s]=[0,0],i=[this.vertex(e,s)];for(let n of this.content.path){let r=this.tagOf[n];
e+=this.tp(n)-this.tp(t[r]),s+=this.accepted(n)-this.accepted(t[r]),t[r]=n,i.push(this.vertex(e,s))}return i}never(){return Uint32Array.
from(this.tags,(t,e)=>this.last(e))}placesAt(t){let e=this.never();for(let s of this.content.path.subarray(0,t))e[this.tagOf[s]]=
s;return e}vertexFor(t,e){let s=this.vertices.slice(1);if(t==="recall")return 1+s.findIndex(n=>n.recall>=e-O)||-1;if(t===
"fbeta"){let n=s.map(r=>W(r.tp,r.accepted,this.positives,e));return n.length?1+n.indexOf(n.reduce((r,a)=>Math.max(r,a))):
-1}let i=t==="precision"?n=>n.precision>=e-O:n=>n.perClip<=e+O;return 1+s.findLastIndex(i)||-1}tagPlaceFor(t,e,s){let i=this.
content.positives[t],n=s*this.content.known[t],[r,a]=[this.last(t),0];for(let h=r-1;h>=this.first(t);h-=1){let[l,d]=[this.
tp(h),this.accepted(h)];if(!{precision:l>=s*d-O*l,recall:l>=s*i-O*l,perClip:d<=n+O*d,fbeta:!0}[e])continue;let f={precision:y(
l,i),recall:y(l,d),perClip:y(l,i),fbeta:W(l,d,i,s)}[e];f>a&&([r,a]=[h,f])}return r}file(){let t=structuredClone(this.content.
thresholds),e=new Map((t.tags??[]).map((s,i)=>[s,i]));for(let s=0;s<this.n;s+=1){if(!this.isChanged(s))continue;let i=t.
tags?this.tags[s]:String(s),n=e.get(i)??s,a=Object.hasOwn(t.overrides,i)?t.overrides[i].fitted:t.values[n],h=this.value(
this.now[s]),l=Number.isFinite(h)?h:null;t.values[n]=l,Object.defineProperty(t.overrides,i,{value:{fitted:a,set:l},enumerable:!0,
configurable:!0})}return t}};function Ft(o){let t=0;for(let e of o)t+=e;return t}function Y(o){let t=-1/0;for(let e of o)
t=Math.max(t,e);return t}function Nt(o,t){return o.every((e,s)=>e===t[s])}var Q=class{constructor(t,e,s){this.model=t,this.table=e,this.select=s,this.part=p("scatter-part"),this.part.open=t.starts.
length>3||t.n<=40&&window.innerWidth>1e3,this.part.addEventListener("toggle",()=>this.redraw()),this.chart=new C(p("scat\
ter"),{height:360,draw:(i,n,r)=>this.draw(i,n,r),label:()=>`F1 of each tag now against ${this.other().name}. Above the l\
ine it is higher now.`})}other(){return this.model.starts[this.table.against]}redraw(){this.part.open&&this.chart.redraw()}draw(t,e,s){
let i={left:36,right:Math.min(e-14,480),top:30,bottom:s-40},[n,r]=[b(0,1,i.left,i.right),b(0,1,i.bottom,i.top)],{model:a}=this,
h=this.other(),l=Y(a.content.positives),d={xTitle:`F1 with ${h.name} in %`,yTitle:"F1 now in %"};F(t,{x:n,y:r,xTicks:S,yTicks:S,
...d},i),t.append(g("line",{class:"equal",x1:n(0),y1:r(0),x2:n(1),y2:r(1)}));for(let u=0;u<a.n;u+=1){if(a.content.positives[u]===
0)continue;let[f,v]=[a.tagFigures(u,h.place[u]).f1,a.tagFigures(u).f1],B=v>f?"better":v<f?"worse":"same",nt=2.5+6*Math.sqrt(
a.content.positives[u]/l),rt=`${a.tags[u]}: ${m(f)} %, now ${m(v)} %`,P={cx:n(f),cy:r(v),r:nt,class:`point ${B}`,onclick:()=>this.
select(u)};t.append(g("circle",P,g("title",{},rt)))}}};var I=class{constructor(t,e,s){this.model=t,this.tag=e,this.actions=s;let i=t.tags[e];this.field=c("input",{class:"typed",
inputmode:"decimal",autocomplete:"off","aria-label":`Threshold of ${i}, typed`,onchange:()=>this.typed()}),this.slider=c(
"input",{type:"range",min:0,max:t.last(e)-t.first(e),"aria-label":`Threshold of ${i}`,oninput:()=>s.moved(e,t.first(e)+Number(
this.slider.value)),onchange:()=>s.done()}),this.nodes=[this.field,this.slider],this.draw()}typed(){let t=this.field.value.
trim().toLowerCase(),e=t==="never"?1/0:q(t);if(this.field.setAttribute("aria-invalid",String(e===null)),e===null){x(`“${this.
field.value}” is not a threshold. Type a number, or never.`);return}let s=this.model.nearest(this.tag,e);this.actions.
moved(this.tag,s),this.actions.done(),this.draw();let i=A(this.model.value(s));i!==A(e)&&x(`${this.model.tags[this.tag]}\
: ${i} is the nearest threshold that this page has figures for.`)}draw(){let t=this.model.now[this.tag],e=A(this.model.value(
t));this.field.value=e,this.field.setAttribute("aria-invalid","false"),this.slider.value=String(t-this.model.first(this.
tag)),this.slider.setAttribute("aria-valuetext",e)}};var Mt=60,Lt=10,Ot=[{key:"tag",title:"Tag",kind:"name"},{key:"threshold",title:"Threshold",kind:"threshold"},{key:"preci\
sion",title:"Precision %",kind:"share"},{key:"recall",title:"Recall %",kind:"share"},{key:"f1",title:"F1 %",kind:"share"},
{key:"gain",title:"Gain, points",kind:"gain",help:"in F1, over the thresholds under “Compare with”"},{key:"support",
title:"Support",kind:"mass",help:"positive clips"},{key:"predicted",title:"Predicted",kind:"mass",help:"clips that get t\
he tag"}],St=Ot.slice(2),Et={worst:{key:"f1",down:!1},gain:{key:"gain",down:!0},loss:{key:"gain",down:!1}},Kt={changed:"\
No threshold has been changed yet.",few:`Every tag has at least ${Lt} positive clips.`,clear:"No tag is clearly better o\
r worse. The page knows this only for files given to compare with.",gain:"No tag gains over the thresholds compared with\
.",loss:"No tag loses against the thresholds compared with."},tt=class{constructor(t,e){this.model=t,this.actions=e,this.
rows=new Map,this.sort={key:"support",down:!0},this.limit=Mt;let s=t.starts.findIndex(({name:i})=>i==="best shared");this.
against=t.starts.length>3?1:Math.max(s,0),this.head(),this.body=c("tbody"),p("table").append(this.body),this.controls(),
this.list()}head(){let t=Ot.map(({key:e,title:s,kind:i,help:n})=>c("th",{scope:"col",class:i,"data-key":e,title:n??null},
c("button",{type:"button",onclick:()=>this.sortBy(e)},s)));p("table").append(c("caption",{class:"unseen"},"Tags with the\
ir thresholds and figures on these clips"),c("thead",{},c("tr",{},...t)))}controls(){this.chooseAgainst(),this.chooseStatus(),
p("search").addEventListener("input",()=>this.again()),p("filter").addEventListener("change",()=>{this.sort=Et[k("filter").
value]??this.sort,this.again()}),p("more").addEventListener("click",()=>{this.limit=1/0,this.list()}),p("export").addEventListener(
"click",()=>this.export())}chooseAgainst(){let t=k("against"),e=this.model.starts.map(({name:s},i)=>c("option",{value:i,
selected:i===this.against},s));t.append(...e),t.addEventListener("change",()=>{this.against=Number(t.value),this.refresh(),
this.list(),this.actions.compared()})}chooseStatus(){let{status:t}=this.model.content,e=[...new Set(t)].sort().map(s=>{let i=t.
filter(n=>n===s).length;return c("option",{value:s},`${s} (${i.toLocaleString("en")})`)});k("status").append(...e),p("st\
atus").addEventListener("change",()=>this.again())}again(){this.limit=Mt,this.list()}sortBy(t){let e=this.sort.key===t?!this.
sort.down:t!=="tag";this.sort={key:t,down:e},this.list()}valueOf(t,e){return e==="tag"?this.model.tags[t]:e==="threshold"?
this.model.value(this.model.now[t]):this.figures(t)[e]}figures(t){let{precision:e,recall:s,f1:i,positives:n,accepted:r}=this.
model.tagFigures(t);return{precision:e,recall:s,f1:i,gain:this.gain(t),support:n,predicted:r}}get other(){return this.model.
starts[this.against]}gain(t){return this.model.tagFigures(t).f1-this.model.tagFigures(t,this.other.place[t]).f1}gainInterval(t){
return this.model.gainInterval(t,this.other)}chosen(){let t=at("search").value.trim().toLowerCase(),[e,s]=[k("filter").value,
k("status").value],{positives:i,status:n}=this.model.content,r={all:()=>!0,changed:l=>this.model.isChanged(l),few:l=>i[l]<
Lt,worst:l=>i[l]>0,clear:l=>["better","worse"].includes(this.gainInterval(l)?.verdict??""),gain:l=>this.gain(l)>0,loss:l=>this.
gain(l)<0},h=this.model.tags.map((l,d)=>d).filter(l=>s==="any"||n[l]===s);return h=h.filter(r[e]),e in Et&&(h=this.sorted(
h).slice(0,20)),this.sorted(h.filter(l=>this.model.tags[l].toLowerCase().includes(t)))}sorted(t){let{key:e,down:s}=this.
sort,i=new Map(t.map(r=>[r,this.valueOf(r,e)])),n=(r,a)=>{let[h,l]=[i.get(r)??0,i.get(a)??0],d=typeof h=="string"?h.localeCompare(
String(l)):h-Number(l)||0;return(s?-d:d)||r-a};return[...t].sort(n)}list(){let t=this.chosen(),e=t.slice(0,this.limit);this.
body.replaceChildren(...e.map(s=>this.row(s).node));for(let s of p("table").querySelectorAll("th[data-key]"))s.getAttribute(
"data-key")===this.sort.key?s.setAttribute("aria-sort",this.sort.down?"descending":"ascending"):s.removeAttribute("aria-\
sort");p("judged").hidden=!this.model.content.gains.has(this.other.name),p("table").hidden=e.length===0,p("empty").hidden=
e.length>0,p("empty").textContent=this.nothing(),p("shown").textContent=`${w(e.length,"tag")} of ${this.model.n.toLocaleString(
"en")} shown`,p("more").hidden=e.length===t.length,p("more").textContent=`Show all ${t.length}`,E("export").disabled=t.length===
0}nothing(){let t=at("search").value.trim();return t?`No tag shown here has “${t}” in its name.`:k("status").value!==
"any"?"No tag with that status is shown here.":Kt[k("filter").value]??"No tag has a positive clip."}export(){let{model:t}=this,
e=["tag","threshold","precision","recall","f1",`gain over ${this.other.name}`],s=this.chosen().map(r=>{let a=t.value(t.now[r]);
return[t.tags[r],Number.isFinite(a)?a:"never",...Object.values(this.figures(r)),t.content.status[r]]}),n=[[...e,"support",
"predicted","status"],...s].map(r=>`${r.map(Jt).join(",")}\r
`).join("");D("tags.csv","text/csv",n)}row(t){let e=this.rows.get(t)??new dt(this,t);return this.rows.set(t,e),e}refresh(){
for(let t of this.rows.values())t.draw()}mark(t){for(let e of this.rows.values())e.node.classList.toggle("chosen",e.tag===
t),e.tag===t?e.name.setAttribute("aria-current","true"):e.name.removeAttribute("aria-current")}};function Jt(o){let t=String(
o);return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}function Vt(o){if(!o)return"";let{low:t,high:e,verdict:s}=o;
return s==="changed"||s==="same"?s:`${{better:"▲ ",worse:"▼ "}[s]??""}${T(100*t)} to ${T(100*e)}`}var dt=class{constructor(t,e){
let{model:s,actions:i}=t;this.table=t,this.tag=e,this.shown="",this.name=c("button",{type:"button",class:"link",onclick:()=>i.
select(e)},s.tags[e]),this.control=new I(s,e,i),this.cells=new Map(St.map(({key:r})=>[r,c("data")])),this.interval=c("sm\
all");let n=s.content.status[e];this.node=c("tr",{},c("th",{scope:"row",class:"name"},this.name,n==="ok"?"":c("small",{class:"\
status"},n)),c("td",{class:"threshold"},...this.control.nodes),...St.map(({key:r,kind:a})=>c("td",{class:`${a} ${r}`},this.
cells.get(r),r==="gain"?this.interval:""))),this.draw()}draw(){let{table:t,tag:e}=this,{model:s}=t,i=`${s.now[e]} ${t.against}`;
if(i===this.shown)return;this.shown=i;let n=t.figures(e),r=X(s.tagFigures(e)),a=d=>N(n[d],r[d]).replace(" %",""),h={precision:a(
"precision"),recall:a("recall"),f1:a("f1"),gain:T(100*n.gain),support:M(n.support),predicted:M(n.predicted)};for(let[d,u]of this.
cells)bt(u,n[d],h[d]);this.interval.textContent=Vt(t.gainInterval(e));let l=n.gain>0?"better":n.gain<0?"worse":"";this.cells.
get("gain")?.setAttribute("class",l),this.node.classList.toggle("changed",s.isChanged(e)),this.control.draw()}};var It=6,Xt=/\.(aac|flac|m4a|mp3|oga|ogg|opus|wav|webm)$/i,et=class{constructor({examples:t},e){this.examples=t;let[s,i]=t.
offset.subarray(e,e+2);this.entries=Array.from({length:i-s},(n,r)=>s+r),this.node=c("div",{class:"clips"}),this.shown=""}draw(t){
let{score:e}=this.examples,s=this.entries.filter(a=>e[a]>=t).slice(-It),i=this.entries.filter(a=>e[a]<t).slice(0,It),n=`${s}\
 | ${i}`;if(n===this.shown)return;this.shown=n;let r=`Chosen from ${w(this.entries.length,"clip")} that this page keeps \
for the tag.`;this.node.replaceChildren(c("h3",{},"Clips nearest to the threshold"),c("p",{class:"note"},r),this.list("J\
ust above: these get the tag",s,"No clip gets the tag."),this.list("Just below: these do not",i,"Every clip gets the tag\
."))}list(t,e,s){let i=e.map(r=>this.item(r)),n=i.length?c("ul",{},...i):c("p",{class:"note"},s);return c("div",{},c("h4",
{},t),n)}item(t){let{names:e,clip:s,score:i,positive:n}=this.examples,r=e[s[t]],a=n[t]?"positive":"negative";return c("l\
i",{},c("span",{class:"score"},A(i[t])),c("span",{class:`label ${a}`},a),c("span",{class:"clip"},r),...Yt(r))}};function Yt(o){
let t=o.split(/[?#]/)[0];if(!Xt.test(t))return[];let s=/^https?:\/\//i.test(o)||/^file:/i.test(o)?o:o.split("/").map(encodeURIComponent).
join("/"),i=c("button",{type:"button","aria-label":`Play ${o}`},"Play");return i.addEventListener("click",()=>{let n=c("\
audio",{controls:!0,src:s,"aria-label":o});n.addEventListener("error",()=>n.replaceWith(c("small",{role:"status"},"This \
page cannot reach that file."))),i.replaceWith(n),n.play().catch(()=>{})}),[i]}var Qt={precision:"80",recall:"80",perClip:"2",fbeta:"1"},Pt=o=>o==="precision"||o==="recall",st=class{constructor(t,{id:e,
of:s,kinds:i,button:n,first:r,set:a}){this.set=a,this.kind=c("select",{id:`${e}-kind`,"aria-label":`Kind of target${s}`,
onchange:()=>this.prepare()},...Object.entries(i).map(([f,v])=>c("option",{value:f},v))),this.input=c("input",{id:`${e}-\
value`,inputmode:"decimal",size:4,autocomplete:"off","aria-label":`Target${s}`}),this.unit=c("span"),this.error=c("p",{id:`${e}\
-error`,class:"error",role:"alert",hidden:!0});let h=c("button",{type:"submit"},n),l=c("span",{class:"joined"},this.input,
this.unit,h),d=c("p",{class:"row"},...r?[r]:[],this.kind,l),u=c("form",{},d,this.error);u.addEventListener("submit",f=>{
f.preventDefault(),this.submit()}),t.append(u),this.prepare()}get target(){return this.kind.value}prepare(){this.unit.textContent=
Pt(this.target)?"%":"",this.input.value=Qt[this.target],this.showError("")}submit(){let t=q(this.input.value),e=Pt(this.
target);t===null||t<=0?this.showError("Type a number above 0."):e&&t>100?this.showError("Type a share of at most 100 %."):
this.showError(this.set(this.target,e?t/100:t))}showError(t){this.input.setAttribute("aria-invalid",String(t!=="")),this.
error.textContent=t,this.error.hidden=t===""}};function Rt(o,t){let e=c("select",{id:"target-scope","aria-label":"What k\
eeps the target"},c("option",{value:"total"},"all tags together"),c("option",{value:"each"},"each tag by itself"));new st(
p("target"),{id:"target",of:"",kinds:{precision:"precision at least",recall:"recall at least",perClip:`tags ${o.perWhat}\
 at most`,fbeta:"best F-beta, with beta"},button:"Set thresholds",first:e,set:(s,i)=>{let n=(e.value==="each"?se:te)(o,s,
i);return typeof n=="string"?n:(t(n),x(e.value==="each"?oe(o):ie(o)),"")}})}function Ut(o,t,e,s){new st(o,{id:"tag-targe\
t",of:` for ${t.tags[e]}`,kinds:{precision:"precision at least",recall:"recall at least"},button:"Set",set:(i,n)=>{let r=t.
tagPlaceFor(e,i,n);return r===t.last(e)?"No threshold of this tag reaches that.":(s(r),"")}})}function te(o,t,e){let s=o.
vertexFor(t,e);return s<1?ee(o,t):o.placesAt(s)}function ee(o,t){let e=o.vertices.slice(1);if(!e.length)return"No tag ha\
s a positive clip here, so there is nothing to aim at.";let[s,i]=[e[0],e[e.length-1]];return{precision:`No thresholds on\
 the line reach that: the highest precision is ${m(s.precision)} %.`,recall:`No thresholds on the line reach that: the h\
ighest recall is ${m(i.recall)} %.`,perClip:`The line begins at ${s.perClip.toPrecision(2)} tags ${o.perWhat}.`,fbeta:""}[t]}
function se(o,t,e){let s=Uint32Array.from(o.tags,(n,r)=>o.tagPlaceFor(r,t,e));return s.every((n,r)=>n===o.last(r))?"No t\
ag reaches that on these clips.":s}function ie(o){let{precision:t,recall:e,perClip:s}=o.totals();return`All thresholds a\
re set: precision ${m(t)} %, recall ${m(e)} %, ${s.toFixed(2)} tags ${o.perWhat}.`}function oe(o){let t=o.now.filter((s,i)=>s===
o.last(i)).length;return t===0?"Every tag keeps the target on these clips.":`The target can be kept for ${w(o.n-t,"tag")}\
. The threshold of the other ${t} is “never” now.`}var ne=80,pt=[["precision","Precision"],["recall","Recall"],["f1","F1"]];function ut(o,t,e){let s=c("div"),i=new C(s,e),
n=[c("h3",{},o),c("p",{class:"note"},...t),s];return{chart:i,nodes:n}}var ft=(o,t)=>[c("span",{class:`key ${o}`}),` ${t}\
 `],it=class{constructor(t,e){this.model=t,this.actions=e,this.box=p("tag");let{positives:s}=t.content,i=s.indexOf(Y(s));
this.view=new ot(t,e,i),this.show(i),this.followTable()}show(t){this.view=new ot(this.model,this.actions,t),this.box.replaceChildren(
...this.view.nodes),this.box.scrollTop=0}followTable(){let t=p("tags");new ResizeObserver(()=>{let s=t.offsetHeight>this.
box.scrollHeight+200;this.box.classList.toggle("follows",s)}).observe(t)}},ot=class{constructor(t,e,s){this.model=t,this.
actions=e,this.tag=s,this.axis=new Z(t.content.bins,s),this.x=b(0,1,0,1),this.curve=this.curvePoints(),this.control=new I(
t,s,e),this.figures=c("dl",{class:"figures"}),this.clips=new et(t.content,s);let[i,n]=[this.scoresPart(),this.curvesPart()];
this.charts=[i.chart,n.chart];for(let{svg:h}of this.charts)this.makeDraggable(h);let r=c("div");Ut(r,t,s,h=>this.set(h));
let a=t.content.status[s];this.nodes=[c("h2",{id:"tag-title"},t.tags[s]),c("p",{class:"back"},c("a",{href:"#tags"},"Back\
 to the table")),c("p",{class:"note",hidden:a==="ok"},`Status: ${a}`),c("p",{class:"threshold row"},c("span",{},"Thresho\
ld"),...this.control.nodes),c("p",{class:"row"},...this.buttons()),r,this.figures,...i.nodes,...n.nodes,...this.reliabilityNodes(),
this.clips.node],this.draw()}set(t){this.actions.moved(this.tag,t),this.actions.done()}buttons(){let{model:t,tag:e}=this,
s=(i,n)=>c("button",{type:"button",onclick:()=>this.set(n())},i);return[...t.starts.map(({name:i,place:n})=>s(i,()=>n[e])),
s("best F1 here",()=>t.tagPlaceFor(e,"fbeta",1)),s("never",()=>t.last(e))]}draw(){let{model:t,tag:e}=this;this.control.draw(),
this.drawFigures(),this.clips.draw(t.value(t.now[e]));for(let s of this.charts)s.redraw()}drawFigures(){let{model:t,tag:e}=this,
[s,i]=[t.tagFigures(e),t.tagIntervals(e)],n=X(s),r=pt.map(([h,l])=>{let[d,u]=i[h].map(v=>m(v,0)),f=$(s[h],N(s[h],n[h]));
return R(l,f,`${d} to ${u}`)}),a=(h,l,d)=>R(h,$(l,M(l)),d);this.figures.replaceChildren(...r,a("Found",s.tp,`of ${M(s.positives)}\
 positives`),a("False alarms",s.accepted-s.tp,`of ${M(s.accepted)} predicted`))}scoresPart(){return ut("Scores",[...ft("\
positive","positive clips above,"),...ft("negative","negative clips below. Each side shows its own shares. Drag the line\
.")],{height:200,draw:(t,e,s)=>this.drawScores(t,e,s),label:()=>`Histogram of the scores of positive and negative clips.\
 The threshold is ${this.thresholdText()}.`})}curvesPart(){return ut("Against the threshold",[...pt.flatMap(([t,e])=>ft(
t,e)),"in %, with 95 % intervals"],{height:220,draw:(t,e,s)=>this.drawCurves(t,e,s),label:()=>`Precision, recall and F1 \
against the threshold, which is ${this.thresholdText()}.`})}reliabilityNodes(){let t=this.model.content.reliability;if(!t)
return[c("p",{class:"note"},"No reliability curve: the scores are not probabilities.")];let e=`Among clips with a given \
probability (${t.of}), the share that is positive. On the dashed line the probabilities are right.`;return ut("Reliabili\
ty",[e],{height:240,draw:(s,i,n)=>this.drawReliability(t,s,i,n),label:()=>"Share of positive clips against probability, \
with 95 % intervals."}).nodes}makeDraggable(t){t.classList.add("drag"),G(t,{moved:e=>{let{model:s,tag:i,axis:n}=this,r=s.
nearest(i,n.score(this.x.invert(e)));this.actions.moved(i,e>this.x(n.high)+6?s.last(i):r)},done:()=>this.actions.done()})}thresholdText(){
return A(this.model.value(this.model.now[this.tag]))}scoreAxes(t,e){let s={left:36,right:t-34,top:18,bottom:e-38};this.x=
b(this.axis.low,this.axis.high,s.left,s.right);let i=45/(s.right-s.left)*(this.axis.high-this.axis.low);return{box:s,axes:{
x:this.x,xTicks:this.axis.ticks(i),xTitle:"score"}}}drawThreshold(t,{top:e,bottom:s,right:i}){let n=this.model.value(this.
model.now[this.tag]),r=Number.isFinite(n)?this.x(this.axis.place(n)):i+12;t.append(g("line",{class:"cut",x1:r,x2:r,y1:e-
4,y2:s}),g("circle",{class:"grip",cx:r,cy:e-6,r:5})),Number.isFinite(n)||t.append(g("text",{x:r,y:s+17,"text-anchor":"mi\
ddle"},"never"))}drawScores(t,e,s){let{box:i,axes:n}=this.scoreAxes(e,s),{positive:r,negative:a}=this.model.content.bins,
h=r.length/this.model.n,l=b(0,h,i.left,i.right),d=(i.top+i.bottom)/2;F(t,{...n,y:()=>d,yTicks:[]},i);let u=(f,v)=>{let B=v.
subarray(this.tag*h,(this.tag+1)*h),nt=Math.max(...B)||1;B.forEach((rt,P)=>{let mt=rt/nt*(d-i.top-2),jt={class:f,x:l(P)+
.5,y:f==="positive"?d-mt:d,width:Math.max(l(P+1)-l(P)-1,1),height:mt};t.append(g("rect",jt))})};u("positive",r),u("negat\
ive",a),t.append(g("line",{class:"axis",x1:i.left,x2:i.right,y1:d,y2:d})),this.drawThreshold(t,i)}curvePoints(){let{model:t,
tag:e}=this,s=[],i=(this.axis.high-this.axis.low)/ne,n=-1/0;for(let r=t.first(e);t.accepted(r)>0;r+=1){let a=this.axis.place(
t.value(r));if(t.accepted(r+1)>0&&a-n<i)continue;n=a;let h=t.tagIntervals(e,r);s.push({at:a,...t.tagFigures(e,r),intervals:h})}
return s}drawCurves(t,e,s){let{box:i,axes:n}=this.scoreAxes(e,s),r=b(0,1,i.bottom,i.top);F(t,{...n,y:r,yTicks:S},i);for(let[
a]of pt){let h=d=>this.curve.map(({at:u,intervals:f})=>[this.x(u),r(f[a][d])]),l=this.curve.map(d=>[this.x(d.at),r(d[a])]);
t.append(g("path",{class:`band ${a}`,d:L([...h(0),...h(1).reverse()])}),g("path",{class:`line ${a}`,d:L(l)}))}this.drawThreshold(
t,i)}drawReliability(t,e,s,i){let n={left:36,right:Math.min(s-14,340),top:30,bottom:i-38},[r,a]=[b(0,1,n.left,n.right),b(
0,1,n.bottom,n.top)];F(e,{x:r,y:a,xTicks:S,yTicks:S,...{xTitle:"probability in %",yTitle:"positive in %"}},n),e.append(g(
"line",{class:"equal",x1:r(0),y1:a(0),x2:r(1),y2:a(1)}));for(let l=t.offset[this.tag];l<t.offset[this.tag+1];l+=1){let d=r(
t.probability[l]),u={y1:a(t.low[l]),y2:a(t.high[l])};e.append(g("line",{class:"whisker",x1:d,x2:d,...u}),g("circle",{class:"\
dot",cx:d,cy:a(t.observed[l]),r:4}))}}};var gt=class{constructor(t){let e=new V(t);this.model=e,this.heading();let s=a=>{x(""),e.moveAll(a),this.drawAll()},i=()=>this.
commit(),n=a=>{s(a),i()};this.sets=new J(e,({name:a,place:h})=>{n(h),x(`All thresholds are those of “${a}” now.`)}),
this.frontier=new K(e,{moved:s,done:i}),Rt(e,n);let r={moved:(a,h)=>this.move(a,h),done:i,select:a=>this.select(a),compared:()=>this.
scatter.redraw()};this.table=new tt(e,r),this.panel=new it(e,r),this.table.mark(this.panel.view.tag),this.scatter=new Q(
e,this.table,r.select),this.buttons(),ct(e)}heading(){let{title:t,clips:e,version:s}=this.model.content,i=`${w(e,"clip")}\
, ${w(this.model.n,"tag")}.`;p("title").textContent=t,p("about").textContent=`${i} A clip gets a tag when its score is a\
t least the tag's threshold.`,p("made").textContent=`Made by tagthresh ${s}. This file holds all of its data and sends n\
othing anywhere.`}move(t,e){x(""),this.model.move(t,e),this.table.row(t).draw(),this.panel.view.tag===t&&this.panel.view.
draw(),this.drawTotals()}commit(){this.model.commit(),this.drawTotals()}drawTotals(){ct(this.model),this.sets.draw(),this.
frontier.place(),this.scatter.redraw()}drawAll(){this.table.refresh(),this.panel.view.draw(),this.drawTotals()}select(t){
this.panel.show(t),this.table.row(t),this.table.mark(t);let{box:e}=this.panel,{top:s}=e.getBoundingClientRect();(s>window.
innerHeight*.7||s<0)&&(e.scrollIntoView({block:"start"}),e.focus({preventScroll:!0}))}buttons(){let t=(n,r)=>()=>{n(),this.
drawAll(),x(r)},e=t(()=>this.model.undo(),"Undone."),s=t(()=>this.model.redo(),"Done again."),i=t(()=>{this.model.moveAll(
this.model.own),this.model.commit()},"All thresholds are as they were.");p("undo").addEventListener("click",e),p("redo").
addEventListener("click",s),p("reset").addEventListener("click",i),p("download").addEventListener("click",()=>this.download()),
document.addEventListener("keydown",n=>{n.target.matches("input:not([type=range]), select, textarea")||!(n.ctrlKey||n.metaKey)||
n.key.toLowerCase()!=="z"||(n.preventDefault(),(n.shiftKey?this.model.canRedo:this.model.canUndo)&&(n.shiftKey?s:e)())})}download(){
let t=`${JSON.stringify(this.model.file(),null,2)}
`;D("thresholds.json","application/json",t);let{changed:e}=this.model;x(e?`thresholds.json records ${w(e,"change")} as o\
verrides.`:"thresholds.json holds the thresholds unchanged.")}};try{new gt(wt(p("content").textContent??""))}catch(o){let t=o instanceof
Error?o.message:o;p("error").textContent=`This page cannot be shown: it may be damaged or the browser too old (${t}).`,p(
"error").hidden=!1,p("now").hidden=!0,document.querySelector("main").hidden=!0}
