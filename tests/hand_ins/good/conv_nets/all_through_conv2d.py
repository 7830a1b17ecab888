"""One function does the work in part B: conv2d. All others prepare its arguments."""
import torch, math
import numpy as np


# --------------------------------------------------------------------------- A
def conv_param_count(in_channels, filters, kernel): return (in_channels*filters*kernel*kernel, filters)

def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel<=0: raise ValueError('kernel size %d' % kernel)
    if stride<=0: raise ValueError('stride %d' % stride)
    if dilation<=0: raise ValueError('dilation %d' % dilation)
    if padding<0: raise ValueError('padding %d' % padding)
    f=lambda n:(n+2*padding-dilation*(kernel-1)-1)//stride+1
    h,w=f(height),f(width)
    if h<=0 or w<=0: raise ValueError('output would be %dx%d' % (h,w))
    return (h,w,filters)

def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None: stride=kernel
    return conv_output_shape(height,width,kernel,stride,0,channels)

def receptive_field(layers):
    r=1
    for l in layers[::-1]: r=(r-1)*l[1]+(l[0]-1)*(l[2] if len(l)==3 else 1)+1
    return r

def layer_table(layers, input_shape):
    t=[('input',0,tuple(input_shape))]; d=tuple(input_shape)
    for name in layers:
        p=0
        if name=='flatten': d=(math.prod(d),)
        else:
            left,sep,right=name.partition('-')
            if not sep or not right.isdigit() or not right.isascii(): raise ValueError('layer '+name)
            right=int(right)
            if left=='fc': p,d=sum(conv_param_count(d[0],right,1)),(right,)     # fc is a 1x1 convolution
            elif left=='pool': d=pool_output_shape(*d,right)
            elif left[:4]=='pool' and left[4:].isdigit(): d=pool_output_shape(*d,int(left[4:]),right)
            elif left[:4]=='conv' and left[4:].isdigit():
                k=int(left[4:]); p=sum(conv_param_count(d[2],right,k)); d=conv_output_shape(d[0],d[1],k,1,k//2,right)
            else: raise ValueError('layer '+name)
        t.append((name,p,d))
    return t

# --------------------------------------------------------------------------- B
def conv2d(x, w):
    k,l=w.shape
    h,v=x.shape[0]-k+1,x.shape[1]-l+1
    return sum(w[a,b]*x[a:a+h,b:b+v] for a in range(k) for b in range(l))

def stretch(t,s):
    'puts s-1 zeros between neighbours'
    if s==1: return t
    z=torch.zeros(t.shape[0],s,t.shape[1],s,dtype=t.dtype)
    z[:,0,:,0]=t
    z=z.reshape(t.shape[0]*s,t.shape[1]*s)
    return z[:z.shape[0]-s+1,:z.shape[1]-s+1]

def surround(t,a,b):
    t=torch.cat([torch.zeros(a,t.shape[1],dtype=t.dtype),t,torch.zeros(a,t.shape[1],dtype=t.dtype)],0)
    return torch.cat([torch.zeros(t.shape[0],b,dtype=t.dtype),t,torch.zeros(t.shape[0],b,dtype=t.dtype)],1)

def conv2d_weight_grad(x, dy): return conv2d(x,dy)
def conv2d_input_grad(w, dy): return conv2d(surround(dy,w.shape[0]-1,w.shape[1]-1),torch.flip(w,[0,1]))
def sgd_step(w, dw, lr): return torch.add(w,dw,alpha=-lr)
def weight_grad_std(m, sigma_x, sigma_dy): return sigma_x*sigma_dy*math.sqrt(m)*math.sqrt(m)
def avg_pool_backward(x, dy, kernel=2): return conv_transpose2d(dy,torch.full((kernel,kernel),1./kernel**2,dtype=dy.dtype),kernel)
def max_pool_backward(x, dy, kernel=2):
    # a one-hot kernel at offset (a,b) picks the (a,b)-th pixel of every window, and its transpose puts it back
    dx=torch.zeros_like(x); left=torch.ones_like(dy); top=None; picks=[]
    for a in range(kernel):
        for b in range(kernel):
            e=torch.zeros(kernel,kernel,dtype=x.dtype); e[a,b]=1
            p=conv2d(x,e)[::kernel,::kernel]
            picks.append((e,p)); top=p if top is None else torch.maximum(top,p)
    for e,p in picks:
        hit=(p==top).to(dy.dtype)*left
        left=left-hit
        dx=dx+conv_transpose2d(hit*dy,e,kernel)
    return dx
def conv_transpose2d(x, w, stride=1): return conv2d_input_grad(w,stretch(x,stride))
def dilated_conv2d(x, w, dilation=1): return conv2d(x,stretch(w,dilation))

# --------------------------------------------------------------------------- C
def averaging_filter(image, size=3):
    t=torch.tensor(np.pad(np.asarray(image),((size-1)//2,size//2),mode='symmetric'),dtype=torch.float64)
    r=conv2d(conv2d(t,torch.ones(size,1,dtype=t.dtype)/size),torch.ones(1,size,dtype=t.dtype)/size)
    return r if isinstance(image,torch.Tensor) else r.numpy()
def laplacian_filter(image):
    t=torch.tensor(np.pad(np.asarray(image),1,mode='symmetric'),dtype=torch.float64)
    r=conv2d(t,torch.tensor([[0,1,0],[1,-4,1],[0,1,0]],dtype=t.dtype))
    return r if isinstance(image,torch.Tensor) else r.numpy()
